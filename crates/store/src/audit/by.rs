//! Who does something, and from where.

use std::net::IpAddr;

use model::{Actor, UserId};

/// Whose doing an entry is. [`Viewer`](crate::Viewer), [`Grant`](crate::Grant) and
/// [`Admin`](crate::Admin) hand out that of their user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    who: Who,
    ip: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    User(UserId),
    Console,
    System,
    Anonymous,
}

impl By {
    /// A person.
    pub fn user(id: UserId, ip: Option<IpAddr>) -> Self {
        Self::new(Who::User(id), ip)
    }

    /// Somebody who is not logged in.
    pub fn anonymous(ip: Option<IpAddr>) -> Self {
        Self::new(Who::Anonymous, ip)
    }

    /// Whoever runs the program on the machine.
    pub fn console() -> Self {
        Self::new(Who::Console, None)
    }

    /// No person here: a phone or WhatsApp did it, and the number's session noticed.
    pub fn system() -> Self {
        Self::new(Who::System, None)
    }

    fn new(who: Who, ip: Option<IpAddr>) -> Self {
        // One address, one text: an IPv4 address may arrive dressed as an IPv6 one.
        Self { who, ip: ip.map(|ip| ip.to_canonical()) }
    }

    /// Returns true if this person does it.
    pub(crate) fn is(&self, user: UserId) -> bool {
        self.who == Who::User(user)
    }

    pub(super) fn person(&self) -> Option<UserId> {
        match self.who {
            Who::User(id) => Some(id),
            Who::Console | Who::System | Who::Anonymous => None,
        }
    }

    /// How it is written in the column of actors; of a person, it is their name instead.
    pub(super) fn kind(&self) -> &'static str {
        match self.who {
            Who::User(_) => "user",
            Who::Console => "console",
            Who::System => "system",
            Who::Anonymous => "anonymous",
        }
    }

    /// Reads [`Self::kind`] of somebody who is no user.
    pub(super) fn read_kind(kind: &str) -> Option<Actor> {
        match kind {
            "console" => Some(Actor::Console),
            "system" => Some(Actor::System),
            "anonymous" => Some(Actor::Anonymous),
            _ => None,
        }
    }

    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.ip
    }
}
