//! Access to pages, and pages without JavaScript.

mod support;

use axum::http::StatusCode;
use model::{Role, file_limits};
use support::{App, log_in};

const INBOX: &str = "/atendente/inbox-pirata";
/// The code of the first administrator.
const CODE: &str = "ABCD-EFGH-JKMN-PQRS";

#[tokio::test]
async fn without_users_every_page_leads_to_the_set_up_and_then_it_is_gone() {
    let app = App::with_flags(&["--setup-code", CODE]).await;
    let browser = app.browser();
    for page in ["/", INBOX, "/entrar", "/admin/atendentes"] {
        let answer = browser.get(page).await;
        answer.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/configurar", "{page}");
    }
    browser.get("/configurar").await.assert_status_ok();

    let made = browser
        .post("/api/create_first_admin")
        .form(&[
            ("code", CODE),
            ("name", "Ana"),
            ("email", "ana@loja.example"),
            ("password", support::PASSWORD),
        ])
        .await;
    assert!(made.status_code().is_success() || made.status_code().is_redirection(), "{made:?}");

    let stranger = app.browser();
    assert_eq!(stranger.get("/configurar").await.header("location"), "/entrar");
    let again = stranger
        .post("/api/create_first_admin")
        .form(&[
            ("code", CODE),
            ("name", "Eva"),
            ("email", "eva@mal.example"),
            ("password", support::PASSWORD),
        ])
        .await;
    assert!(again.status_code().is_client_error(), "{again:?}");
    assert_eq!(app.store.operator().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_inbox_leads_to_the_login_and_back() {
    let app = App::new().await;
    app.user("ana", Role::Admin).await;
    let answer = app.browser().get(INBOX).await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/entrar?next=/atendente/inbox-pirata");
}

#[tokio::test]
async fn pages_and_answers_are_compressed_for_browsers_that_accept_it() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Admin).await;
    let plain = browser.get(INBOX).await;
    assert!(plain.maybe_header("content-encoding").is_none());
    let packed = browser.get(INBOX).add_header("accept-encoding", "gzip, br").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.header("vary").to_str().unwrap().contains("accept-encoding"));
    let (plain, packed) = (plain.as_bytes().len(), packed.as_bytes().len());
    assert!(packed * 2 < plain, "{packed} of {plain} bytes");
    let missing = browser.get("/nada").add_header("accept-encoding", "gzip").await;
    missing.assert_status(StatusCode::NOT_FOUND);
    assert_eq!(missing.header("content-encoding"), "gzip");
    let answer = browser.post("/api/inbox").add_header("accept-encoding", "gzip").await;
    assert_eq!(answer.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn the_inbox_is_whole_in_the_html() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let connection = app.own_connection(&ana).await;
    app.customer_writes(connection, "Tem no tamanho M?").await;
    let page = browser.get(INBOX).await;
    page.assert_status_ok();
    page.assert_text_contains("Desconectado");
    page.assert_text_contains("Cláudia Menezes");
    page.assert_text_contains("Tem no tamanho M?");
}

#[tokio::test]
async fn links_and_large_emojis_are_in_the_html() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let connection = app.own_connection(&ana).await;
    let text = "ana@loja.example, (61) 99812-4471 e www.loja.example/x <b>";
    app.customer_writes(connection, text).await;
    app.customer_writes(connection, "🎂 ❤️").await;
    let chat = app.chat_of(&ana).await;
    let page = browser.get(&format!("{INBOX}/chat/{chat}")).await.text();
    for href in ["mailto:ana@loja.example", "tel:+5561998124471", "https://www.loja.example/x"] {
        assert!(page.contains(&format!("href=\"{href}\"")), "{href}");
    }
    // The names of elements may be in capitals, and comments mark the places of views.
    let parts = page.to_lowercase();
    let mut parts = parts.split("<!");
    let mut html = parts.next().unwrap_or_default().to_owned();
    html.extend(parts.filter_map(|part| Some(part.split_once('>')?.1)));
    for emoji in ["🎂</", "❤️</"] {
        let is_alone = html.match_indices(emoji).any(|(at, _)| {
            let tag = html[..at].rsplit('<').next().unwrap_or_default();
            tag.starts_with("span") && tag.ends_with('>')
        });
        assert!(is_alone, "{emoji} is alone in its element");
    }
}

#[tokio::test]
async fn a_draft_is_in_the_html_and_nobody_elses() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let (admin, _) = app.logged_in("eva", Role::Admin).await;
    app.customer_writes(app.own_connection(&ana).await, "Tem no tamanho M?").await;
    let chat = app.chat_of(&ana).await;
    let (address, chat) = (format!("{INBOX}/chat/{chat}"), chat.to_string());
    let form = [("chat", &*chat), ("text", "\nmeu </textarea><b>rascunho"), ("at", "1")];
    browser.post("/api/save_draft").form(&form).await.assert_status_ok();
    let page = browser.get(&address).await;
    // HTML ignores the first line break of a field.
    page.assert_text_contains(">\n\nmeu &lt;/textarea&gt;&lt;b&gt;rascunho</textarea>");
    page.assert_text_contains("Rascunho:");
    assert!(!admin.get(&address).await.text().contains("meu &lt;"));
}

#[tokio::test]
async fn the_title_counts_what_the_list_does_not_show() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    for nth in 0..60 {
        app.writes_from(&format!("55619981{nth:05}"), number).await;
    }
    browser.get(INBOX).await.assert_text_contains("<title>(60) Conversas");
}

#[tokio::test]
async fn unknown_and_foreign_chats_are_the_same_404() {
    let app = App::new().await;
    let (_, ana) = app.logged_in("ana", Role::Atendente).await;
    let (bia, _) = app.logged_in("bia", Role::Atendente).await;
    app.customer_writes(app.own_connection(&ana).await, "segredo").await;
    let viewer = app.store.viewer(ana.id).await.unwrap();
    let page = store::ChatsPage { connection: None, before: None, limit: 1 };
    let foreign = viewer.chats(page).await.unwrap()[0].id;

    let theirs = bia.get(&format!("{INBOX}/chat/{foreign}")).await;
    let missing = bia.get(&format!("{INBOX}/chat/999999")).await;
    let nonsense = bia.get(&format!("{INBOX}/chat/abc")).await;
    for answer in [&theirs, &missing, &nonsense] {
        answer.assert_status_not_found();
        assert!(!answer.text().contains("segredo"));
    }
    bia.get("/nao/existe").await.assert_status_not_found();
}

#[tokio::test]
async fn pages_carry_a_policy_with_their_own_nonce_and_are_not_kept() {
    let app = App::new().await;
    app.user("ana", Role::Admin).await;
    let browser = app.browser();
    let (first, second) = (browser.get("/entrar").await, browser.get("/entrar").await);
    let policy = first.header("content-security-policy");
    assert!(policy.to_str().unwrap().contains("script-src 'nonce-"));
    assert!(policy.to_str().unwrap().contains("worker-src 'self'"));
    assert_ne!(policy, second.header("content-security-policy"));
    assert_eq!(first.header("cache-control"), "no-store");
    assert_eq!(first.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn the_page_of_a_number_says_what_becomes_of_its_calls() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Admin).await;
    let number = app.own_connection(&ana).await.to_string();
    let page = async || {
        let text = browser.get(&format!("/numeros/{number}")).await.text();
        let mark = text.split("name=\"reject\"").nth(1).expect("the box");
        let is_checked = mark.split('>').next().is_some_and(|rest| rest.contains("checked"));
        (is_checked, text)
    };
    assert!(!page().await.0);
    let answer = "Só por <mensagem>\r\ne e-mail";
    let form = [("connection", &*number), ("reject", "true"), ("answer", answer)];
    browser.post("/api/set_call_policy").form(&form).await.assert_status_success();
    let (is_checked, text) = page().await;
    assert!(is_checked);
    assert!(text.contains("Só por &lt;mensagem&gt;\ne e-mail</textarea>"), "{text}");
    let audit = browser.get("/admin/auditoria").await;
    audit.assert_text_contains("Recusar chamadas automaticamente");
    assert!(!audit.text().contains("mensagem&gt;"), "the text is not for the history");

    // A box without its mark is not sent.
    let form = [("connection", &*number), ("answer", answer)];
    browser.post("/api/set_call_policy").form(&form).await.assert_status_success();
    let (is_checked, text) = page().await;
    assert!(!is_checked && !text.contains("Só por"));
    browser.get("/admin/auditoria").await.assert_text_contains("Chamadas tocam");
}

#[tokio::test]
async fn the_history_says_what_contacts_see_of_a_number() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Admin).await;
    let number = app.own_connection(&ana).await.to_string();
    let form = [("connection", &*number), ("hides_online", "true")];
    browser.post("/api/set_visibility").form(&form).await.assert_status_success();
    let history = browser.get("/admin/auditoria").await;
    history.assert_text_contains("Não aparecer online");
    history.assert_text_contains("Enviar confirmação de leitura");
}

#[tokio::test]
async fn the_page_for_calls_has_what_its_script_takes() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let page = browser.get(&format!("{INBOX}/chamadas")).await;
    page.assert_status_ok();
    let text = page.text();
    let script = include_str!("../../browser/later/calls.js");
    for part in ["template data-part=\"call\"", "data-do=\"reject\"", "data-slot=\"problem\""] {
        assert!(text.contains(part), "{part}");
    }
    for said in script.split("say('").skip(1) {
        let word = said.split('\'').next().expect("a word");
        assert!(text.contains(&format!("data-word=\"{word}\"")), "{word}");
    }
}

#[tokio::test]
async fn the_page_for_voice_notes_has_what_its_scripts_take() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let page = browser.get(&format!("{INBOX}/audio")).await;
    page.assert_status_ok();
    page.assert_text_contains("data-seconds=\"1800\"");
    let text = page.text();
    for part in ["bar", "refusal", "player"] {
        assert!(text.contains(&format!("<template data-part=\"{part}\">")), "{part}");
    }
    let has = |word: &str| text.contains(&format!("data-word=\"{word}\""));
    let script = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../browser/later/voice");
        std::fs::read_to_string(format!("{folder}/{name}.js")).unwrap()
    };
    // The words that are named where they are shown, those that end a recording, and the reasons for refusals.
    for (name, begin) in [
        ("voice", "say('"),
        ("voice", "stop('"),
        ("recording", "onEnd('"),
        ("player", "say('"),
        ("microphone", "Error: '"),
    ] {
        let script = script(name);
        let words = script.split(begin).skip(1).filter_map(|rest| rest.split('\'').next());
        let words: Vec<_> = words.collect();
        assert!(!words.is_empty(), "{name} {begin}");
        for word in words {
            assert!(has(word), "{name}: {word}");
        }
    }
    for word in ["insecure", "format", "unknown", "empty", "refused", "not_sent"] {
        assert!(has(word), "{word}");
    }
}

#[tokio::test]
async fn a_logout_ends_the_session() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    browser.get(INBOX).await.assert_status_ok();
    browser.post("/api/logout").await;
    browser.get(INBOX).await.assert_status(StatusCode::SEE_OTHER);
    log_in(&browser, &ana.email, support::PASSWORD).await.assert_status_ok();
    browser.get(INBOX).await.assert_status_ok();
}

/// The names of the words that a script takes from the page for sending files.
fn words_of(script: &str) -> impl Iterator<Item = &str> {
    let is_word = |text: &&str| ["why_", "refused_"].iter().any(|begin| text.starts_with(begin));
    let said = script.split("say('").skip(1).filter_map(|rest| rest.split('\'').next());
    said.chain(script.split('\'').filter(is_word))
}

#[tokio::test]
async fn the_page_for_sending_files_has_what_its_scripts_take() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let page = browser.get("/atendente/inbox-pirata/anexar?chat=7").await;
    page.assert_status_ok();
    page.assert_text_contains("href=\"/atendente/inbox-pirata/chat/7\"");
    page.assert_text_contains(format!("data-document=\"{}\"", file_limits::DOCUMENT));
    let text = page.text();
    for part in ["form", "slide", "thumb", "document", "drop", "upload", "notice"] {
        assert!(text.contains(&format!("<template data-part=\"{part}\">")), "{part}");
    }
    let has = |word: &str| text.contains(&format!("data-word=\"{word}\""));
    // The causes of `tus.js`, and a file that the browser has lost.
    for problem in [
        "lost_connection",
        "no_room",
        "out_of_reach",
        "many_open",
        "logged_out",
        "gone",
        "other_file",
    ] {
        assert!(has(problem), "{problem}");
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../browser/later");
    for script in [
        "files/files",
        "files/send-chosen",
        "files/slide",
        "prepare/prepare",
        "uploads/file-upload",
        "uploads/uploads",
    ] {
        let script = std::fs::read_to_string(format!("{folder}/{script}.js")).unwrap();
        for word in words_of(&script) {
            assert!(has(word), "{word}");
        }
    }
}

#[tokio::test]
async fn the_page_for_stickers_has_what_its_scripts_take() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let page = browser.get("/atendente/inbox-pirata/figurinhas").await;
    page.assert_status_ok();
    page.assert_text_contains(format!("data-bytes=\"{}\"", file_limits::STICKER));
    let text = page.text();
    for part in ["panel", "sticker", "made", "dialog"] {
        assert!(text.contains(&format!("<template data-part=\"{part}\">")), "{part}");
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../browser/later/stickers");
    for script in ["stickers", "sticker-dialog", "make-sticker"] {
        let script = std::fs::read_to_string(format!("{folder}/{script}.js")).unwrap();
        let said = ["say('", "tell('", "cause: '"].into_iter().flat_map(|begin| {
            script.split(begin).skip(1).filter_map(|rest| rest.split('\'').next())
        });
        // An empty word takes a sentence away.
        for word in said.filter(|word| !word.is_empty()) {
            assert!(text.contains(&format!("data-word=\"{word}\"")), "{word}");
        }
    }
    for word in ["refused", "gone", "not_sent", "not_kept", "not_loaded", "keep", "drop", "kept"] {
        assert!(text.contains(&format!("data-word=\"{word}\"")), "{word}");
    }
}

#[tokio::test]
async fn the_page_of_what_is_attached_has_what_its_scripts_take() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let page = browser.get("/atendente/inbox-pirata/anexos").await;
    page.assert_status_ok();
    let text = page.text();
    for id in ["attach-menu", "send-place", "send-contacts"] {
        assert!(text.contains(&format!("id=\"{id}\"")), "{id}");
    }
    for part in ["menu", "form", "person", "chosen"] {
        assert!(text.contains(&format!("<template data-part=\"{part}\">")), "{part}");
    }
    let has = |word: &str| text.contains(&format!("data-word=\"{word}\""));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../browser/later");
    for script in ["form-dialog", "places/place-dialog", "contacts/contacts-dialog"] {
        let script = std::fs::read_to_string(format!("{folder}/{script}.js")).unwrap();
        for word in words_of(&script) {
            assert!(has(word), "{word}");
        }
    }
    // Their names are computed.
    for problem in ["denied", "insecure", "unavailable", "out_of_range", "unreadable", "short_link"]
    {
        assert!(has(problem), "{problem}");
    }
    for problem in ["phone_short", "phone_impossible", "no_phone", "not_sent"] {
        assert!(has(problem), "{problem}");
    }
}
