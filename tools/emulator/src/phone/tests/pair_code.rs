use wacore::pair_code::PairCodeUtils;
use wacore_libsignal::protocol::KeyPair;

use super::{ana, companion::Companion};
use crate::phone::{
    CompanionFinish, CompanionHello, Phone, PhoneError, PrimaryHello, crypto::rng,
    signal::key_bytes,
};

/// A companion that shows a code.
struct CodeShower {
    companion: Companion,
    code: String,
    ephemeral: KeyPair,
}

impl CodeShower {
    fn new() -> Self {
        Self {
            companion: Companion::new(),
            code: PairCodeUtils::generate_code(),
            ephemeral: KeyPair::generate(&mut rng()),
        }
    }

    fn hello(&self) -> CompanionHello {
        let public = key_bytes(&self.ephemeral.public_key);
        CompanionHello {
            pairing_ref: b"code-ref".to_vec(),
            wrapped_ephemeral: PairCodeUtils::encrypt_ephemeral_pub(&public, &self.code).to_vec(),
            noise_pub: key_bytes(&self.companion.state.noise_key.public_key),
            platform_id: Some('7'),
        }
    }

    /// Answers the phone and adopts the ADV secret, as a client does.
    fn finish(&mut self, hello: &PrimaryHello) -> CompanionFinish {
        let primary =
            PairCodeUtils::decrypt_primary_ephemeral_pub(&hello.wrapped_ephemeral, &self.code)
                .expect("80 bytes");
        let (bundle, adv_secret) = PairCodeUtils::prepare_key_bundle(
            &self.ephemeral,
            &primary,
            &hello.identity,
            &self.companion.state.identity_key,
        )
        .expect("makes a key bundle");
        self.companion.state.adv_secret_key = adv_secret;
        CompanionFinish {
            pairing_ref: hello.pairing_ref.clone(),
            wrapped_key_bundle: bundle,
            identity: self.companion.identity(),
        }
    }
}

fn type_code(phone: &mut Phone, code: &str, hello: CompanionHello) -> PrimaryHello {
    phone.pair_code_hello(code, hello).expect("answers")
}

#[test]
fn a_client_that_shows_a_code_gets_linked() {
    let mut phone = ana();
    let mut client = CodeShower::new();
    let shown = format!("{}-{}", &client.code[..4], &client.code[4..]).to_lowercase();

    let hello = type_code(&mut phone, &shown, client.hello());
    let linked = phone.pair_code_finish(client.finish(&hello)).expect("links");

    assert_eq!(linked.pairing_ref, b"code-ref");
    assert_eq!(linked.device.platform, "desktop");
    let answer = client.companion.answer(&linked);
    phone.accept_device_signature(linked.device.id, &answer).expect("accepts");
}

#[test]
fn a_wrong_code_links_nothing() {
    let mut phone = ana();
    let mut client = CodeShower::new();

    let hello = type_code(&mut phone, "ZZZZ9999", client.hello());
    let refused = phone.pair_code_finish(client.finish(&hello));

    assert!(matches!(refused, Err(PhoneError::PairCode(_))), "{refused:?}");
    assert!(phone.devices().is_empty());
}

#[test]
fn what_is_not_a_code_is_refused_at_once() {
    let client = CodeShower::new();
    for code in ["", "1234", "ABCD-123O", "ABCD12345"] {
        let refused = ana().pair_code_hello(code, client.hello());
        assert!(matches!(refused, Err(PhoneError::MalformedPairCode)), "{code:?}");
    }
}

#[test]
fn a_finish_without_a_hello_is_refused() {
    let finish = CompanionFinish {
        pairing_ref: b"unknown".to_vec(),
        wrapped_key_bundle: Vec::new(),
        identity: [0; 32],
    };

    let refused = ana().pair_code_finish(finish);

    assert!(matches!(refused, Err(PhoneError::UnknownPairingRef)), "{refused:?}");
}
