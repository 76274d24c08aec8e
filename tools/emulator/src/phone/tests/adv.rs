use wacore::adv::{
    AdvValidation, decode_key_index_list, is_key_index_valid, validate_adv_with_identity_key,
};
use wacore_libsignal::protocol::PublicKey;

use super::{ana, companion::Companion};
use crate::phone::{Phone, PhoneError};

#[test]
fn the_key_index_list_holds_what_is_linked_and_nothing_else() {
    let mut phone = ana();
    let gone = Companion::new().link(&mut phone);
    Companion::new().link(&mut phone);
    let before = phone.key_index_list().expect("signs").timestamp;
    phone.unlink(gone);
    phone.link_by_qr(&Companion::new().qr()).expect("is offered, and never answers");

    let list = phone.key_index_list().expect("signs");
    let decoded = decode_key_index_list(&list.signed).expect("decodes");

    assert_eq!(decoded.timestamp, list.timestamp.unsigned_abs());
    assert!(list.timestamp > before, "a client would ignore it otherwise");
    assert_eq!(decoded.valid_indexes, [0, 2]);
    assert!(!is_key_index_valid(Some(1), &decoded));
    assert!(is_key_index_valid(Some(2), &decoded));
    assert!(!is_key_index_valid(Some(3), &decoded));
}

#[test]
fn the_key_index_list_is_signed_by_the_account() {
    let phone = ana();
    let list = phone.key_index_list().expect("signs");
    let signed = waproto::codec::adv_signed_key_index_list_decode(&list.signed).expect("decodes");
    let account = PublicKey::from_djb_public_key_bytes(&phone.identity()).expect("a key");

    let message = [&[6, 2][..], signed.details.as_deref().unwrap_or_default()].concat();

    assert!(account.verify_signature(&message, &signed.account_signature.unwrap_or_default()));
}

#[test]
fn a_linked_companions_identity_verifies_for_everyone() {
    let mut phone = ana();
    let companion = Companion::new();
    let id = companion.link(&mut phone);
    let device = phone.device(id).expect("is linked");
    let signed = device.device_identity().expect("has signed");

    let trimmed = {
        let mut identity =
            waproto::codec::adv_signed_device_identity_decode(signed).expect("decodes");
        identity.account_signature_key = None;
        waproto::codec::adv_signed_device_identity_to_vec(&identity)
    };

    let validate = |blob: &[u8], account: Option<[u8; 32]>| {
        validate_adv_with_identity_key(blob, &companion.identity(), account.as_ref())
    };
    let (own, foreign) = (phone.identity(), super::bia().identity());
    assert_eq!(validate(signed, None), AdvValidation::Valid);
    assert_eq!(validate(&trimmed, Some(own)), AdvValidation::Valid);
    assert_eq!(validate(&trimmed, Some(foreign)), AdvValidation::Invalid);
}

#[tokio::test]
async fn a_bundle_with_anothers_device_identity_is_refused() {
    let (mut ana, mut bia) = (super::ana(), super::bia());
    let id = Companion::new().link(&mut bia);
    let mut bundle = bia.take_bundle();
    bundle.device_identity = bia.device(id).and_then(|d| d.device_identity()).map(<[u8]>::to_vec);

    let to = bia.lid().with_device(id);
    let refused = ana.encrypt(&to, Some(&bundle), &super::text("oi")).await;

    assert!(matches!(refused, Err(PhoneError::DeviceIdentity(_))), "{refused:?}");
    assert!(!ana.has_session(&to));
}

#[tokio::test]
async fn a_companions_first_message_has_to_prove_its_account() {
    let (mut ana, mut bia) = (super::ana(), super::bia());
    let mut device = Phone::new("0", "0", "Bia's computer");
    let id = Companion::played_by(&device).link(&mut bia);
    let signed = bia.device(id).and_then(|d| d.device_identity()).expect("linked").to_vec();
    let bundle = ana.take_bundle();
    let enc = device.encrypt(&ana.lid(), Some(&bundle), &super::text("oi")).await.expect("seals");

    let from = bia.lid().with_device(id);
    let verify = |phone: &Phone, identity| phone.verify_sender(&from, &enc.bytes, identity);
    assert!(verify(&ana, Some(&signed[..])).is_ok());
    assert!(verify(&ana, None).is_err(), "no identity");
    assert!(verify(&bia, Some(&signed[..])).is_ok(), "her own companion");
    bia.unlink(id);
    assert!(verify(&bia, Some(&signed[..])).is_err(), "no longer hers");

    // Another account signs the same device. Ana knows Bia's phone and refuses the signature.
    let hello = super::send(&mut bia, &mut ana, &super::text("oi")).await;
    super::receive(&mut ana, &bia, &hello).await.expect("opens");
    let mut mallory = Phone::new("5561999990666", "100000000000666", "Mallory");
    let forged_id = Companion::played_by(&device).link(&mut mallory);
    let forged = mallory.device(forged_id).and_then(|d| d.device_identity()).expect("linked");
    assert!(verify(&ana, Some(&signed[..])).is_ok());
    assert!(verify(&ana, Some(forged)).is_err());
}
