//! `/admin/auditoria.csv`: exports the audit log as a file, read page by page from the database.

use std::collections::HashMap;
use std::net::IpAddr;

use app::AppState;
use app::api::AuditChoice;
use app::auth::{AuthSession, ip_of};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_login::AuthUser as _;
use model::{Actor, AuditEntry};
use service::Error;
use store::AuditExport;

const COLUMNS: [&str; 9] = [
    "at",
    "actor",
    "action",
    "connection_id",
    "connection",
    "subject_id",
    "target",
    "ip",
    "detail",
];

pub(crate) async fn csv(
    State(app): State<AppState>,
    auth: AuthSession,
    Query(parameters): Query<HashMap<String, String>>,
    parts: Parts,
) -> Response {
    let Some(user) = auth.user else { return StatusCode::UNAUTHORIZED.into_response() };
    let choice = AuditChoice::read(|name| parameters.get(name).cloned());
    match begin(&app, user.id(), ip_of(&parts, &app.site), &choice).await {
        Ok(export) => answer(export),
        Err(Error::Store(store::Error::Forbidden)) => StatusCode::FORBIDDEN.into_response(),
        Err(Error::Store(store::Error::NotFound)) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => {
            tracing::error!(%error, "the history could not be exported");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn begin(
    app: &AppState,
    user: model::UserId,
    ip: Option<IpAddr>,
    choice: &AuditChoice,
) -> Result<AuditExport, Error> {
    let viewer = app.services.store.viewer(user).await?.from_ip(ip);
    service::audit::export(&app.services, &viewer, choice.filter()).await
}

fn answer(export: AuditExport) -> Response {
    // The stream ends with an error, because an incomplete file would look complete otherwise.
    let rest = futures::stream::try_unfold(export, async |mut export| {
        let Some(entries) = export.next_page().await? else { return Ok::<_, store::Error>(None) };
        Ok(Some((lines(entries.iter().map(fields)), export)))
    });
    let head = lines(std::iter::once(COLUMNS.map(str::to_owned)));
    let head = futures::stream::once(async { Ok::<_, store::Error>(head) });
    let body = Body::from_stream(futures::StreamExt::chain(head, rest));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"auditoria.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}

/// Formats rows as CSV (RFC 4180).
fn lines(rows: impl Iterator<Item = [String; 9]>) -> Bytes {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // Writing into memory cannot fail, and every row has the same number of fields.
        writer.write_record(row.map(harmless)).ok();
    }
    writer.into_inner().map(Bytes::from).unwrap_or_default()
}

fn fields(entry: &AuditEntry) -> [String; 9] {
    let actor = match &entry.actor {
        Actor::User { name, .. } => name.clone(),
        Actor::Console => "console".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Anonymous => "anonymous".to_owned(),
    };
    let text = |value: Option<String>| value.unwrap_or_default();
    let detail: Vec<_> =
        entry.detail.iter().map(|(name, value)| format!("{name}={value}")).collect();
    [
        entry.at.to_rfc3339(),
        actor,
        entry.action.as_str().to_owned(),
        text(entry.connection.map(|id| id.to_string())),
        text(entry.connection_label.clone()),
        text(entry.subject.map(|id| id.to_string())),
        text(entry.target.clone()),
        text(entry.ip.map(|ip| ip.to_string())),
        detail.join("; "),
    ]
}

/// Makes a text that a spreadsheet does not run as a formula: names and attempted addresses come
/// from outside (OWASP, "CSV injection"). Some programs skip invisible characters before they look,
/// and treat the full-width forms of East Asian keyboards as the same signs.
fn harmless(text: String) -> String {
    let mut seen = text.chars().filter(|letter| text::has_visible(letter.encode_utf8(&mut [0; 4])));
    let begins = text.starts_with(['\t', '\r', '\n']);
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    match begins || seen.next().is_some_and(|letter| signs.contains(&letter)) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_neither_a_formula_nor_a_new_line_of_the_file() {
        let mut row = [const { String::new() }; 9];
        row[0] = "=1+1".to_owned();
        row[1] = "a \"b\", c\nd".to_owned();
        assert_eq!(lines(std::iter::once(row)), "'=1+1,\"a \"\"b\"\", c\nd\",,,,,,,\r\n");
        for formula in
            ["=1", "+1", "-1", "@a", "\t=1", "\n=1", " =1", "\u{200b}=1", "\u{feff}@a", "＝1"]
        {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"), "{formula:?}");
        }
        assert_eq!(harmless("Ana=1".to_owned()), "Ana=1");
    }
}
