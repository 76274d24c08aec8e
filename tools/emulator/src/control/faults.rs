//! Injection of faults.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::{Control, ControlError};
use crate::faults::{Armed, FaultKind, FaultRequest, Target};
use crate::simulated_phone;
use crate::stream_error;
use crate::world::World;
use crate::world::account::Account;
use crate::world::link::{Ending, Link};

impl Control {
    /// Carries a fault out, or arms it. With `after_ms` it happens later, and this returns at
    /// once. Returns the number of connections that were hit; an armed fault has hit none yet.
    pub async fn fault(&self, request: FaultRequest) -> Result<usize, ControlError> {
        let target = Target::parse(request.device.as_deref()).ok_or_else(|| {
            ControlError::Invalid("device is a JID, number:device or a number".to_owned())
        })?;
        if let Some(field) = request.misplaced_field() {
            return Err(ControlError::Invalid(format!(
                "{field} has no meaning for this kind of fault"
            )));
        }
        let is_of_http = [FaultKind::MediaRefused, FaultKind::UploadRefused];
        if is_of_http.contains(&request.kind)
            && request.code.is_some_and(|code| !(400..=599).contains(&code))
        {
            return Err(ControlError::Invalid("code is a status from 400 to 599".to_owned()));
        }
        // A forgotten device would log out every companion.
        if request.kind == FaultKind::IdentityChange && target == Target::Everybody {
            return Err(ControlError::Invalid("identity-change needs a device".to_owned()));
        }
        let leads = [FaultKind::MediaRedirect, FaultKind::ReuploadElsewhere];
        if leads.contains(&request.kind) && request.location.is_none() {
            return Err(ControlError::Invalid("location says where to".to_owned()));
        }
        let world = self.world.clone();
        match request.after_ms {
            None => Ok(carry_out(&world, &request, target).await),
            Some(delay) => {
                tokio::spawn(async move {
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(delay)) => {
                            carry_out(&world, &request, target).await;
                        }
                        () = world.stopping.cancelled() => {}
                    }
                });
                Ok(0)
            }
        }
    }
}

async fn carry_out(world: &Arc<World>, request: &FaultRequest, target: Target) -> usize {
    let links = links(world, &target);
    let (error, ending) = match request.kind {
        FaultKind::Restart => (Some(stream_error::with_code("515")), Ending::Close),
        FaultKind::LoggedOut => (Some(stream_error::with_code("401")), Ending::Close),
        FaultKind::Removed => (Some(stream_error::with_code("516")), Ending::Close),
        FaultKind::Unavailable => (Some(stream_error::with_code("503")), Ending::Close),
        FaultKind::Replaced => (Some(stream_error::conflict("replaced")), Ending::Close),
        FaultKind::Drop => (None, Ending::Drop),
        FaultKind::Ban | FaultKind::Outdated | FaultKind::Refused | FaultKind::Handshake => {
            // These take effect during the handshake or login, so connected clients have to
            // reconnect.
            arm(world, request, target);
            (None, Ending::Drop)
        }
        FaultKind::HalfOpen => {
            links.iter().for_each(Link::half_open);
            return links.len();
        }
        FaultKind::SessionLoss => {
            forget_sessions(world, &target).await;
            return 0;
        }
        FaultKind::IdentityChange => {
            for account in phones(world, &target) {
                simulated_phone::reinstall(world, &account).await;
            }
            return 0;
        }
        FaultKind::ClockSkew => {
            world.clock.set_wrong(request.skew_secs.unwrap_or(0), count(request));
            return 0;
        }
        FaultKind::ServerRestart => {
            let links = self::links(world, &Target::Everybody);
            world.uptime.go_down(Duration::from_millis(request.down_ms.unwrap_or(0)));
            return links.len();
        }
        FaultKind::MediaExpired => {
            world.media.remove(&files(world, &target));
            return 0;
        }
        FaultKind::MediaLost => {
            let lost = files(world, &target);
            world.media.remove(&lost);
            world.accounts().iter().for_each(|account| account.phone_media().discard(&lost));
            return 0;
        }
        FaultKind::WithheldPong
        | FaultKind::IqUnanswered
        | FaultKind::PartialUsync
        | FaultKind::FewRefs
        | FaultKind::CodeRefused
        | FaultKind::Passkey
        | FaultKind::Nack
        | FaultKind::BatchLost
        | FaultKind::DropFrame
        | FaultKind::Duplicate
        | FaultKind::Corrupt
        | FaultKind::Delay
        | FaultKind::Reorder
        | FaultKind::LateAck
        | FaultKind::LostReceipt
        | FaultKind::PhoneAsleep
        | FaultKind::Media401
        | FaultKind::Media404
        | FaultKind::Media503
        | FaultKind::MediaTruncated
        | FaultKind::MediaCorrupt
        | FaultKind::MediaRefused
        | FaultKind::MediaSlow
        | FaultKind::MediaBroken
        | FaultKind::UploadRefused
        | FaultKind::UploadSlow
        | FaultKind::UploadBroken
        | FaultKind::MediaRedirect
        | FaultKind::ReuploadElsewhere => {
            arm(world, request, target);
            return 0;
        }
    };
    for link in &links {
        if let Some(error) = &error {
            link.send(error.clone());
        }
        link.end(ending);
    }
    links.len()
}

fn arm(world: &World, request: &FaultRequest, target: Target) {
    world.faults.arm(Armed {
        kind: request.kind,
        target,
        left: count(request),
        code: request.code,
        expire_secs: request.expire_secs,
        delay_ms: request.delay_ms,
        location: request.location.clone(),
    });
}

fn count(request: &FaultRequest) -> u32 {
    request.count.unwrap_or(1).max(1)
}

/// Makes phones lose all their sessions.
async fn forget_sessions(world: &World, target: &Target) {
    for account in phones(world, target) {
        account.phone.lock().await.forget_sessions();
    }
}

/// Returns the hashes of the files a fault applies to: those the target uploaded, and those on a
/// targeted phone.
fn files(world: &World, target: &Target) -> HashSet<Vec<u8>> {
    let uploaded = world.media.hashes_of(|by| target.matches(&by.number, by.device));
    let mut files = HashSet::from_iter(uploaded);
    for account in phones(world, target) {
        files.extend(account.phone_media().hashes());
    }
    files
}

/// Returns the accounts whose phone a fault applies to.
fn phones(world: &World, target: &Target) -> Vec<Arc<Account>> {
    let mut accounts = world.accounts();
    accounts.retain(|account| target.matches(account.number(), 0));
    accounts
}

fn links(world: &World, target: &Target) -> Vec<Link> {
    let mut links = Vec::new();
    for account in world.accounts() {
        let directory = account.directory();
        for companion in directory.companions.values() {
            if let Some(link) = &companion.link
                && target.matches(account.number(), companion.id)
            {
                links.push(link.clone());
            }
        }
    }
    links
}
