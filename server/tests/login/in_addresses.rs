//! Anybody can make a URL. Nothing in one becomes a sentence on a page of the server.

use app::ApiError;
use app::error::{Field, Problem};
use axum::http::StatusCode;
use leptos::server_fn::error::ServerFnUrlError;
use model::Role;

use crate::support::App;

/// The page with an error in its address, as the browser returns to it from a form without
/// JavaScript.
fn with_error(page: &str, function: &str, error: ApiError) -> String {
    let url = ServerFnUrlError::new(function, error).to_url(&format!("http://x{page}")).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

#[tokio::test]
async fn a_link_puts_no_words_on_the_login_page() {
    let app = App::new().await;
    app.user("ana", Role::Admin).await;
    let browser = app.browser();
    let text = "Ligue para 0800 123 4567 e informe a senha";
    for error in [
        ApiError::Internal { reference: text.into() },
        ApiError::Foreign(text.into()),
        ApiError::AmbiguousPhone { one: text.into(), other: text.into() },
        ApiError::AmbiguousPhone { one: format!("{text}: +55 34 91234-5678"), other: text.into() },
    ] {
        let address = with_error("/entrar", "/api/login", error.clone());
        let page = browser.get(&address).await;
        page.assert_status_ok();
        page.assert_text_contains("role=\"alert\"");
        for part in ["Ligue para", "0800", "informe a senha"] {
            assert!(!page.text().contains(part), "{error:?}");
        }
    }
    let for_ever = ApiError::TooMany { seconds: 999_999_999 };
    let page = browser.get(&with_error("/entrar", "/api/login", for_ever)).await;
    assert!(!page.text().contains("999999999"));
    // The name of another site is not displayed either.
    let address = with_error("/entrar", "/api/login", ApiError::Foreign(String::new()));
    let page = browser
        .get(&address)
        .add_header("referer", "https://ligue-0800.example/")
        .add_header("sec-fetch-site", "cross-site")
        .await;
    assert!(!page.text().contains("ligue-0800"));
}

#[tokio::test]
async fn what_the_server_itself_said_is_still_said() {
    let app = App::new().await;
    app.user("ana", Role::Admin).await;
    let browser = app.browser();
    for (error, sentence) in [
        (ApiError::Unauthenticated, "E-mail ou senha não conferem"),
        (ApiError::TooMany { seconds: 21 }, "Tente de novo em 21 s."),
        (ApiError::Internal { reference: "0badcafe".into() }, "0badcafe"),
        (
            ApiError::Invalid { field: Field::Email, problem: Problem::Malformed },
            "Isso não parece um e-mail.",
        ),
    ] {
        let page = browser.get(&with_error("/entrar", "/api/login", error)).await;
        page.assert_text_contains(sentence);
    }
}

#[tokio::test]
async fn the_two_numbers_of_a_question_survive_the_way_back_without_javascript() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let answer = browser
        .post("/api/add_number")
        .form(&[("label", "Vendas"), ("color", "blue"), ("phone", "34912345678")])
        .add_header("accept", "text/html")
        .add_header("referer", "http://inbox.lan/numeros/novo")
        .await;
    assert_eq!(answer.status_code(), StatusCode::FOUND);
    let back = answer.header("location").to_str().unwrap().to_owned();
    let page = browser.get(back.strip_prefix("http://inbox.lan").unwrap_or(&back)).await;
    page.assert_text_contains("Brasil: +55 34 91234-5678");
    page.assert_text_contains("Espanha: +34 912 34 56 78");
}
