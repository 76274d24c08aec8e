//! Reasons why something is not done in a group.

use std::fmt;

/// The reason why something is not done in a group, with the error that WhatsApp answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoSuchGroup,
    /// Who asks is no member.
    NotMember,
    /// Who asks is no admin.
    NotAdmin,
    /// The person concerned is no member.
    NoSuchMember,
    /// The person concerned is a member already.
    AlreadyMember,
    /// The owner cannot be removed or demoted by others.
    IsOwner,
    /// The subject or the description is empty or too long.
    Length,
    /// The description was changed by somebody else.
    DescriptionConflict,
    /// The invite link leads nowhere any more.
    NoSuchInvite,
    /// An admin removed the person, whom the invite link does not let in again.
    WasRemoved,
    /// The person does not wait for an admin.
    NoSuchRequest,
    Full,
}

impl Refusal {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::NoSuchGroup | Self::NoSuchMember | Self::NoSuchRequest => 404,
            Self::NotMember | Self::NotAdmin => 403,
            Self::AlreadyMember | Self::DescriptionConflict => 409,
            Self::IsOwner | Self::Length => 406,
            Self::NoSuchInvite => 410,
            Self::WasRemoved => 405,
            Self::Full => 419,
        }
    }

    /// The `text` of the error.
    pub(crate) fn text(self) -> &'static str {
        match self.code() {
            403 => "forbidden",
            404 => "item-not-found",
            405 => "not-allowed",
            409 => "conflict",
            410 => "gone",
            419 => "resource-limit",
            _ => "not-acceptable",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchGroup => "there is no such group",
            Self::NotMember => "this phone is no member of the group",
            Self::NotAdmin => "this phone is no admin of the group",
            Self::NoSuchMember => "the person is no member of the group",
            Self::AlreadyMember => "the person is a member of the group already",
            Self::IsOwner => "the owner of the group stays its owner",
            Self::Length => "a subject has 1 to 100 characters, and a description at most 2048",
            Self::DescriptionConflict => "the description has been changed by somebody else",
            Self::NoSuchInvite => "no group has this invite link",
            Self::WasRemoved => "an admin removed the person from the group",
            Self::NoSuchRequest => "the person has not asked to join the group",
            Self::Full => "a group has at most 1025 members",
        })
    }
}
