use wacore::{companion_reg::NATIVE_CAMERA_DEEP_LINK_PREFIX, pair::PairUtils};

use super::{ana, bia, companion::Companion};
use crate::phone::{PhoneError, Qr};

#[test]
fn a_client_accepts_the_phones_signature_and_the_phone_the_clients() {
    let mut phone = ana();
    let companion = Companion::new();

    let linked = phone.link_by_qr(&companion.qr()).expect("links");
    assert_eq!(linked.pairing_ref, b"the-ref");
    assert_eq!((linked.device.id, linked.device.key_index), (1, 1));
    assert_eq!(linked.device.platform, "chrome");
    assert!(phone.devices()[0].device_identity().is_none(), "not linked before it has signed");

    let answer = companion.answer(&linked);
    phone.accept_device_signature(1, &answer).expect("accepts");
    assert!(phone.devices()[0].device_identity().is_some());
}

#[test]
fn an_answer_without_the_account_key_is_accepted() {
    let mut phone = ana();
    let companion = Companion::new();
    let linked = phone.link_by_qr(&companion.qr()).expect("links");

    let mut answer =
        waproto::codec::adv_signed_device_identity_decode(&companion.answer(&linked)).expect("own");
    answer.account_signature_key = None;
    let answer = waproto::codec::adv_signed_device_identity_to_vec(&answer);

    phone.accept_device_signature(linked.device.id, &answer).expect("accepts");
}

#[test]
fn another_companions_answer_is_refused() {
    let mut phone = ana();
    let (one, two) = (Companion::new(), Companion::new());
    let first = phone.link_by_qr(&one.qr()).expect("links");
    let second = phone.link_by_qr(&two.qr()).expect("links");

    let refused = phone.accept_device_signature(first.device.id, &two.answer(&second));

    assert!(matches!(refused, Err(PhoneError::DeviceIdentity(_))), "{refused:?}");
}

#[test]
fn an_answer_signed_with_another_key_is_refused() {
    let mut phone = ana();
    let companion = Companion::new();
    let linked = phone.link_by_qr(&companion.qr()).expect("links");
    let mut answer =
        waproto::codec::adv_signed_device_identity_decode(&companion.answer(&linked)).expect("own");
    if let Some(signature) = &mut answer.device_signature {
        signature[10] ^= 1;
    }

    let answer = waproto::codec::adv_signed_device_identity_to_vec(&answer);
    let refused = phone.accept_device_signature(linked.device.id, &answer);

    assert!(matches!(refused, Err(PhoneError::DeviceIdentity(_))), "{refused:?}");
    assert!(phone.accept_device_signature(9, &answer).is_err(), "no such device");
    assert!(phone.accept_device_signature(1, b"garbage").is_err());
}

#[test]
fn a_client_refuses_a_phone_that_did_not_see_its_qr() {
    let mut phone = ana();
    let (seen, unseen) = (Companion::new(), Companion::new());

    let linked = phone.link_by_qr(&seen.qr()).expect("links");

    assert!(PairUtils::do_pair_crypto(&unseen.state, &linked.device_identity).is_err());
}

#[test]
fn ids_and_key_indexes_are_never_given_out_twice() {
    let mut phone = ana();
    let first = Companion::new().link(&mut phone);
    assert!(phone.unlink(first));
    assert!(!phone.unlink(first), "only once");

    let second = Companion::new().link(&mut phone);

    assert_eq!((first, second), (1, 2));
    assert_eq!(phone.devices()[0].key_index, 2);
}

#[test]
fn a_fifth_companion_is_refused() {
    let mut phone = bia();
    for _ in 0..4 {
        Companion::new().link(&mut phone);
    }

    let refused = phone.link_by_qr(&Companion::new().qr());

    assert!(matches!(refused, Err(PhoneError::TooManyDevices(4))), "{refused:?}");
}

#[test]
fn the_camera_form_of_a_qr_is_read() {
    let companion = Companion::new();
    let qr = format!("{NATIVE_CAMERA_DEEP_LINK_PREFIX}{},https://faq", companion.qr());

    let qr = Qr::parse(&qr).expect("reads");

    assert_eq!(qr.pairing_ref, "the-ref");
    assert_eq!(qr.identity_pub, companion.identity());
}

#[test]
fn malformed_qrs_are_errors() {
    let good = Companion::new().qr();
    let fields: Vec<_> = good.split(',').collect();
    let three = fields[..3].join(",");
    let empty_ref = format!(",{}", fields[1..].join(","));
    let short_key = format!("ref,QUJD,{},{}", fields[2], fields[3]);

    for qr in ["", "hello", "a,b,c,d", &three, &empty_ref, &short_key] {
        let refused = ana().link_by_qr(qr);
        assert!(matches!(refused, Err(PhoneError::MalformedQr(_))), "{qr:?}: {refused:?}");
    }
}
