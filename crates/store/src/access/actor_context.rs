//! The actor of an audited change, and the address it came from.

use std::net::IpAddr;

use model::{Actor, UserId};

/// The actor of an audit entry and their IP address. [`Viewer`](crate::Viewer),
/// [`Grant`](crate::Grant) and [`Admin`](crate::Admin) return that of their user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorContext {
    kind: ActorKind,
    ip: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ActorKind {
    User(UserId),
    Console,
    System,
    Anonymous,
}

impl ActorContext {
    /// A user.
    pub fn user(id: UserId, ip: Option<IpAddr>) -> Self {
        Self::new(ActorKind::User(id), ip)
    }

    /// A person who is not logged in.
    pub fn anonymous(ip: Option<IpAddr>) -> Self {
        Self::new(ActorKind::Anonymous, ip)
    }

    /// The operator who runs the program on the machine.
    pub fn console() -> Self {
        Self::new(ActorKind::Console, None)
    }

    /// No user: a phone or WhatsApp made the change, and the number's session noticed.
    pub fn system() -> Self {
        Self::new(ActorKind::System, None)
    }

    fn new(kind: ActorKind, ip: Option<IpAddr>) -> Self {
        // An IPv4 address may arrive mapped to IPv6; each address is stored in one form.
        Self { kind, ip: ip.map(|ip| ip.to_canonical()) }
    }

    /// Returns true if this user is the actor.
    pub(crate) fn is_user(&self, user: UserId) -> bool {
        self.kind == ActorKind::User(user)
    }

    pub(crate) fn user_id(&self) -> Option<UserId> {
        match self.kind {
            ActorKind::User(id) => Some(id),
            ActorKind::Console | ActorKind::System | ActorKind::Anonymous => None,
        }
    }

    /// Returns the text for the column of actors; for a user, the column holds their name instead.
    pub(crate) fn kind(&self) -> &'static str {
        match self.kind {
            ActorKind::User(_) => "user",
            ActorKind::Console => "console",
            ActorKind::System => "system",
            ActorKind::Anonymous => "anonymous",
        }
    }

    /// Parses [`Self::kind`] of an actor who is no user.
    pub(crate) fn read_kind(kind: &str) -> Option<Actor> {
        match kind {
            "console" => Some(Actor::Console),
            "system" => Some(Actor::System),
            "anonymous" => Some(Actor::Anonymous),
            _ => None,
        }
    }

    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.ip
    }
}
