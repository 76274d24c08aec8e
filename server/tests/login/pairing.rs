//! A pairing code notifies a phone, which may be anybody's: the number of codes per hour is
//! limited.

use model::Role;

use crate::support::App;
use crate::wait;

#[tokio::test]
async fn pairing_codes_are_few_for_a_phone_and_few_for_a_person() {
    let app = App::new().await;
    let (ana, _) = app.logged_in("ana", Role::Atendente).await;
    let (bia, _) = app.logged_in("bia", Role::Atendente).await;
    let ask = async |browser: &axum_test::TestServer, phone: &str| {
        browser.post("/api/connect_with_code").form(&[("phone", phone)]).await
    };
    // All of these spell the same phone.
    for phone in ["+55 61 99812-4471", "061998124471", "(61) 99812-4471"].repeat(2) {
        ask(&ana, phone).await.assert_status_ok();
    }
    let seconds = wait(&ask(&ana, "5561998124471").await);
    assert!((540..=601).contains(&seconds), "{seconds}");
    wait(&ask(&bia, "5561998124471").await);
    for nth in 0..6 {
        ask(&ana, &format!("+55 61 99812-450{nth}")).await.assert_status_ok();
    }
    wait(&ask(&ana, "+55 61 99812-4599").await);
    ask(&bia, "+55 61 99812-4599").await.assert_status_ok();
}
