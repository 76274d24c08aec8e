//! Linking of clients by a phone's user.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Control, ControlError, Scanned};
use crate::phone::Qr;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::pairing::{Candidate, Request};

/// The client answers `<pair-success>` at once; a pair code takes two PBKDF2 runs on each side.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Control {
    /// Scans a client's QR. The phone is the one whose user has the push name that the client sent
    /// in its registration; a new phone is made if it sent none or no phone has it.
    pub async fn scan_qr(&self, qr: &str) -> Result<Scanned, ControlError> {
        let candidate = self.candidate(qr)?;
        let (account, _) = self.phone_for(&candidate)?;
        self.link(&account, &candidate, qr).await
    }

    /// Scans a client's QR as [`Control::scan_qr`] does, for clients that know no phones. A phone
    /// that this makes exists for its client: while no client is connected it sends no delivery
    /// receipts. A push name beginning `restricted:` asks for a restricted account.
    pub async fn mock_scan(&self, qr: &str) -> Result<Scanned, ControlError> {
        let candidate = self.candidate(qr)?;
        let (account, is_new) = self.phone_for(&candidate)?;
        if is_new {
            // Before the link: the client's second attempt, if this one fails, finds the phone.
            let name = candidate.push_name.as_deref();
            let mut directory = account.directory();
            directory.follows_companions = true;
            directory.restricted = name.is_some_and(|name| name.starts_with("restricted:"));
        }
        self.link(&account, &candidate, qr).await
    }

    /// The phone whose user has the candidate's push name, or a new one, which is `true`.
    fn phone_for(&self, candidate: &Candidate) -> Result<(Arc<Account>, bool), ControlError> {
        let name = candidate.push_name.as_deref();
        if let Some(known) = name.and_then(|name| self.world.account_named(name)) {
            return Ok((known, false));
        }
        let new = self.world.add_account(None, name, Addressing::default());
        let new = new.ok_or_else(|| ControlError::Invalid("no free number".to_owned()))?;
        Ok((new, true))
    }

    /// Scans a client's QR with the given phone.
    pub async fn scan_with(&self, number: &str, qr: &str) -> Result<Scanned, ControlError> {
        let account = self.phone(number)?;
        let candidate = self.candidate(qr)?;
        self.link(&account, &candidate, qr).await
    }

    /// Types the eight characters a client shows for this number.
    pub async fn enter_pair_code(&self, number: &str, code: &str) -> Result<Scanned, ControlError> {
        let account = self.phone(number)?;
        let shown = self
            .world
            .pairings
            .shown_code(number)
            .ok_or_else(|| ControlError::NoCode(number.to_owned()))?;
        let hello = {
            let account = account.clone();
            let code = code.to_owned();
            // Two PBKDF2 runs take too long for an async thread.
            let derived = tokio::task::spawn_blocking(move || {
                let mut phone = account.phone.blocking_lock();
                phone.pair_code_hello(&code, shown.hello)
            });
            derived.await.map_err(|error| ControlError::Pairing(error.to_string()))??
        };
        let (done, result) = oneshot::channel();
        let request = Request::PrimaryHello { account: account.clone(), hello, done };
        self.ask(&account, &shown.candidate, request, result).await
    }

    fn candidate(&self, qr: &str) -> Result<Candidate, ControlError> {
        let qr = Qr::parse(qr)?;
        self.world.pairings.candidate(&qr.pairing_ref).ok_or(ControlError::UnknownRef)
    }

    async fn link(
        &self,
        account: &Arc<Account>,
        candidate: &Candidate,
        qr: &str,
    ) -> Result<Scanned, ControlError> {
        let linked = account.phone.lock().await.link_by_qr(qr)?;
        let (done, result) = oneshot::channel();
        let request = Request::Link { account: account.clone(), linked, done };
        self.ask(account, candidate, request, result).await
    }

    async fn ask(
        &self,
        account: &Arc<Account>,
        candidate: &Candidate,
        request: Request,
        result: oneshot::Receiver<Result<u16, String>>,
    ) -> Result<Scanned, ControlError> {
        candidate.requests.send(request).map_err(|_| ControlError::UnknownRef)?;
        let device = tokio::time::timeout(TIMEOUT, result)
            .await
            .map_err(|_| ControlError::TimedOut("the client"))?
            .map_err(|_| ControlError::Pairing("the client went away".to_owned()))?
            .map_err(ControlError::Pairing)?;
        Ok(Scanned {
            phone: account.number().to_owned(),
            jid: account.device_jid(Addressing::Pn, device).to_string(),
            lid: account.device_jid(Addressing::Lid, device).to_string(),
            device,
        })
    }
}
