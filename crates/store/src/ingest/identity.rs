//! Decides which addresses belong to the same person.
//!
//! WhatsApp names a person by phone number (`digits@s.whatsapp.net`, "PN") or by a hidden identity
//! (`digits@lid`, "LID"). Neither can be computed from the other, so pairs are stored as they
//! arrive. In some countries one phone has two numbers, an older and a newer form
//! ([`phone::forms`]).

use std::collections::BTreeSet;

use model::bounds;

const PN: &str = "s.whatsapp.net";
const LID: &str = "lid";

/// A person, by the addresses that an event contains. Without any address it names nobody.
///
/// An address may be complete (`5561998124471:12@s.whatsapp.net`) or just its digits; the device is
/// ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Peer {
    pub lid: Option<String>,
    pub pn: Option<String>,
    /// The complete address of a person with neither a LID nor a phone number, such as a user of
    /// another messenger (`…@interop`, `…@msgr`).
    pub other: Option<String>,
}

impl Peer {
    /// Creates a peer from a phone number alone.
    pub fn pn(jid: impl Into<String>) -> Self {
        Self { pn: Some(jid.into()), ..Self::default() }
    }

    /// Creates a peer from a hidden identity alone.
    pub fn lid(jid: impl Into<String>) -> Self {
        Self { lid: Some(jid.into()), ..Self::default() }
    }

    /// Returns the digits of the phone number.
    pub(super) fn phone(&self) -> Option<&str> {
        self.pn.as_deref().and_then(user)
    }

    /// Returns the digits of the hidden identity.
    pub(super) fn hidden(&self) -> Option<&str> {
        self.lid.as_deref().and_then(user)
    }

    /// Returns [`Self::other`] unless it is a LID or a phone number.
    fn other_address(&self) -> Option<&str> {
        let address = self.other.as_deref()?;
        let server = address.rsplit_once('@')?.1;
        let is_other = !matches!(server, PN | LID) && !address.contains('\0');
        (is_other && is_address(address)).then_some(address)
    }

    /// Returns the address that answers are sent to: the hidden identity if it is known, as in
    /// WhatsApp Web since chats moved to it; otherwise the phone number.
    pub(super) fn address(&self) -> Option<String> {
        let lid = self.hidden().map(|user| format!("{user}@{LID}"));
        let pn = || self.phone().map(|user| format!("{user}@{PN}"));
        lid.or_else(pn).or_else(|| self.other_address().map(str::to_owned))
    }

    /// Returns every address under which this person may be stored.
    pub(super) fn aliases(&self) -> BTreeSet<String> {
        let hidden = self.hidden().map(|user| format!("{user}@{LID}"));
        let phones = self.phone().map(phone::forms).unwrap_or_default();
        let phones = phones.into_iter().map(|user| format!("{user}@{PN}"));
        let other = self.other_address().map(str::to_owned);
        hidden.into_iter().chain(phones).chain(other).collect()
    }
}

/// Returns true if the text can be the address of a person or of a group.
pub(super) fn is_address(jid: &str) -> bool {
    !jid.is_empty() && jid.len() <= bounds::ADDRESS
}

/// Returns the part before the server and the device; `None` if it is empty or too long.
fn user(jid: &str) -> Option<&str> {
    let user = jid.split(['@', ':', '.']).next().unwrap_or_default().trim().trim_start_matches('+');
    (is_address(user) && !user.contains('\0')).then_some(user)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn aliases(peer: &Peer) -> Vec<String> {
        peer.aliases().into_iter().collect()
    }

    #[test]
    fn the_ninth_digit_makes_no_second_person() {
        let both = ["556198124471@s.whatsapp.net", "5561998124471@s.whatsapp.net"];
        assert_eq!(aliases(&Peer::pn("5561998124471:12@s.whatsapp.net")), both);
        assert_eq!(aliases(&Peer::pn("+556198124471")), both);
    }

    #[test]
    fn landlines_and_other_countries_have_one_form() {
        for number in ["556133124471", "14155552671", "55", "5561", "551155"] {
            assert_eq!(aliases(&Peer::pn(number)), [format!("{number}@s.whatsapp.net")]);
        }
    }

    #[test]
    fn mexican_and_argentine_mobiles_are_one_person_in_both_forms() {
        for (one, other) in [("525512345678", "5215512345678"), ("541123456789", "5491123456789")] {
            let mut both = [one, other].map(|number| format!("{number}@s.whatsapp.net"));
            both.sort();
            assert_eq!(aliases(&Peer::pn(one)), both);
            assert_eq!(aliases(&Peer::pn(other)), both);
            assert!(phone::is_same(one, other) && phone::is_same(other, one));
        }
    }

    #[test]
    fn a_hidden_identity_is_not_a_phone_number() {
        assert_eq!(aliases(&Peer::lid("5561998124471@lid")), ["5561998124471@lid"]);
    }

    #[test]
    fn what_is_too_long_for_an_address_is_none() {
        let long = "1".repeat(bounds::ADDRESS + 1);
        assert_eq!(Peer::pn(&*long).address(), None);
        assert_eq!(aliases(&Peer::lid(format!("{long}@lid"))), [""; 0]);
        let other = Peer { other: Some(format!("{long}@msgr")), ..Peer::default() };
        assert_eq!(other.address(), None);
    }

    #[test]
    fn answers_go_to_the_hidden_identity() {
        let peer =
            Peer { lid: Some("99:3@lid".into()), pn: Some("5561998124471".into()), other: None };
        assert_eq!(peer.address().as_deref(), Some("99@lid"));
        assert_eq!(Peer::pn("1@s.whatsapp.net").address().as_deref(), Some("1@s.whatsapp.net"));
        assert_eq!(Peer::default().address(), None);
    }

    proptest! {
        /// The aliases of every alias of a phone are the same set, so being the same person is
        /// symmetric and transitive.
        #[test]
        fn any_alias_finds_all_of_them(number in "(55)?[1-9]{2}9?[0-9]{8}|5[24][0-9]{9,12}|[0-9]{5,15}") {
            let all = Peer::pn(number.clone()).aliases();
            let itself = number + "@s.whatsapp.net";
            prop_assert!(all.contains(&itself));
            prop_assert!(all.len() <= 2);
            for alias in &all {
                prop_assert_eq!(&Peer::pn(alias.clone()).aliases(), &all);
            }
        }

        /// Numbers of different subscribers have no alias in common.
        #[test]
        fn different_subscribers_stay_apart(
            area in "[1-9]{2}", one in "[6-9][0-9]{7}", two in "[6-9][0-9]{7}",
        ) {
            prop_assume!(one != two);
            let one = Peer::pn(format!("55{area}9{one}")).aliases();
            let two = Peer::pn(format!("55{area}{two}")).aliases();
            prop_assert!(one.is_disjoint(&two));
        }
    }
}
