//! Phone numbers over HTTP: accepted, questioned, or refused with the reason.

mod support;

use axum::http::StatusCode;
use model::Role;
use serde_json::{Value, json};
use support::App;

#[tokio::test]
async fn a_number_that_can_be_two_is_asked_about_and_the_answer_counts() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let add = async |phone: &str, choice: Option<&str>| {
        let mut form = vec![("label", "Vendas"), ("color", "blue"), ("phone", phone)];
        form.extend(choice.map(|choice| ("choice", choice)));
        let answer = browser.post("/api/add_number").form(&form).await;
        (answer.status_code(), serde_json::from_str::<Value>(&answer.text()).unwrap_or_default())
    };
    let ambiguous = json!({"ambiguous_phone": {
        "one": "Brasil: +55 34 91234-5678",
        "other": "Espanha: +34 912 34 56 78",
    }});
    let question = (StatusCode::UNPROCESSABLE_ENTITY, ambiguous);
    assert_eq!(add("34912345678", None).await, question);
    // An answer to an earlier question, or an invented one, causes the question again.
    for other in ["", "Brasil: +55 61 99812-4471", "+34 912 34 56 78"] {
        assert_eq!(add("34912345678", Some(other)).await, question);
    }
    for (phone, choice) in [
        ("34912345678", Some("Espanha: +34 912 34 56 78")),
        ("(34) 91234-5678", Some("Brasil: +55 34 91234-5678")),
        // An old answer does not change an unambiguous number.
        ("061998124471", Some("Espanha: +34 912 34 56 78")),
        ("", None),
    ] {
        let (status, body) = add(phone, choice).await;
        assert!(status.is_success(), "{phone}: {body}");
    }
    let rows = app.store.viewer(ana.id).await.unwrap().connections().await.unwrap();
    let mut declared: Vec<_> = rows.into_iter().filter_map(|row| row.expected_phone).collect();
    declared.sort();
    assert_eq!(declared, ["34912345678", "5534912345678", "5561998124471"]);
}

#[tokio::test]
async fn what_is_no_number_is_refused_with_the_reason() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    for (phone, problem) in [
        ("", "empty"),
        ("99812-4471", "too_short"),
        ("+61998124471", "impossible"),
        ("meu celular", "malformed"),
        ("\0", "malformed"),
    ] {
        let answer = browser.post("/api/connect_with_code").form(&[("phone", phone)]).await;
        let body: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(body, json!({"invalid": {"field": "phone", "problem": problem}}), "{phone:?}");
        assert_eq!(answer.status_code(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
