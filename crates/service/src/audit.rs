//! The audit trail, for administrators. Pages call it the history.

use model::{AuditFilter, AuditId, AuditPage};
use store::{AuditExport, Viewer};

use crate::{Error, Services, numbers};

/// Entries on one page.
const AUDIT_PAGE: usize = 100;

/// A page of the history: the newest entries, or those before one.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; [`store::Error::NotFound`] if
/// there is no entry `before`.
pub async fn page(
    services: &Services,
    viewer: &Viewer,
    filter: &AuditFilter,
    before: Option<AuditId>,
) -> Result<AuditPage, Error> {
    let (admin, store) = (viewer.admin().await?, &services.store);
    let mut entries = store.audit_page(&admin, filter, before, AUDIT_PAGE as u64 + 1).await?;
    let more = entries.len() > AUDIT_PAGE;
    entries.truncate(AUDIT_PAGE);
    let next = entries.last().filter(|_| more).map(|last| last.id);
    let accounts = store.accounts().list(&admin).await?;
    let people = accounts.into_iter().map(|account| account.user).collect();
    let numbers = numbers::all(services, viewer).await?;
    Ok(AuditPage { entries, next, people, numbers })
}

/// Begins an export of the history, which is itself recorded there.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator.
pub async fn export(
    services: &Services,
    viewer: &Viewer,
    filter: AuditFilter,
) -> Result<AuditExport, Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.audit_export(&admin, filter).await?)
}
