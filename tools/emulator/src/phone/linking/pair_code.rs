use wacore::pair_code::PairCodeUtils;
use wacore_libsignal::{
    crypto::aes_256_gcm_decrypt,
    protocol::{KeyPair, PublicKey},
};

use super::{Linked, devices::Candidate, qr::platform_name};
use crate::phone::{
    Phone, PhoneError,
    crypto::{derive_key, rng},
    signal::key_bytes,
};

/// The companion's first step, from `<link_code_companion_reg stage="companion_hello">`.
#[derive(Clone)]
pub struct CompanionHello {
    /// The ref in the server's answer to it.
    pub pairing_ref: Vec<u8>,
    /// `link_code_pairing_wrapped_companion_ephemeral_pub`: salt (32), IV (16), key (32) under
    /// the code.
    pub wrapped_ephemeral: Vec<u8>,
    /// `companion_server_auth_key_pub`: its static Noise key.
    pub noise_pub: [u8; 32],
    /// `companion_platform_id`, one character.
    pub platform_id: Option<char>,
}

/// The phone's answer, for the notification with `stage="primary_hello"`.
#[derive(Debug, Clone)]
pub struct PrimaryHello {
    pub pairing_ref: Vec<u8>,
    /// `link_code_pairing_wrapped_primary_ephemeral_pub`, 80 bytes like the companion's.
    pub wrapped_ephemeral: Vec<u8>,
    /// `primary_identity_pub`.
    pub identity: [u8; 32],
}

/// The companion's last step, from `<link_code_companion_reg stage="companion_finish">`.
#[derive(Clone)]
pub struct CompanionFinish {
    pub pairing_ref: Vec<u8>,
    /// `link_code_pairing_wrapped_key_bundle`: salt (32), IV (12), AES-GCM of both identity keys
    /// and 32 random bytes.
    pub wrapped_key_bundle: Vec<u8>,
    /// `companion_identity_public`.
    pub identity: [u8; 32],
}

/// State between the phone's hello and the companion's finish.
pub(super) struct PairCodeExchange {
    ephemeral: KeyPair,
    companion_ephemeral: PublicKey,
    noise_pub: [u8; 32],
    platform: &'static str,
}

const KEY_BUNDLE_INFO: &[u8] = b"link_code_pairing_key_bundle_encryption_key";
const ADV_SECRET_INFO: &[u8] = b"adv_secret";

impl Phone {
    /// Types a companion's code ("conectar com número de telefone").
    ///
    /// A wrong code is detected only in [`pair_code_finish`](Self::pair_code_finish), since
    /// nothing in the hello authenticates it. This derives two keys with 131,072 rounds of PBKDF2,
    /// which takes some tenths of a second: call it off the async threads.
    pub fn pair_code_hello(
        &mut self,
        code: &str,
        companion: CompanionHello,
    ) -> Result<PrimaryHello, PhoneError> {
        let code = normalised(code)?;
        let companion_ephemeral =
            PairCodeUtils::decrypt_primary_ephemeral_pub(&companion.wrapped_ephemeral, &code)
                .map_err(|_| PhoneError::PairCode("the wrapped ephemeral key is not 80 bytes"))?;
        let ephemeral = KeyPair::generate(&mut rng());
        let wrapped =
            PairCodeUtils::encrypt_ephemeral_pub(&key_bytes(&ephemeral.public_key), &code);

        let exchange = PairCodeExchange {
            ephemeral,
            companion_ephemeral: public(&companion_ephemeral)?,
            noise_pub: companion.noise_pub,
            platform: platform_name(companion.platform_id),
        };
        self.linking.pair_codes.insert(companion.pairing_ref.clone(), exchange);
        Ok(PrimaryHello {
            pairing_ref: companion.pairing_ref,
            wrapped_ephemeral: wrapped.to_vec(),
            identity: self.identity(),
        })
    }

    /// Decrypts the companion's key bundle and signs the companion; the rest is the same as after
    /// a QR.
    pub fn pair_code_finish(&mut self, finish: CompanionFinish) -> Result<Linked, PhoneError> {
        let exchange = self
            .linking
            .pair_codes
            .remove(&finish.pairing_ref)
            .ok_or(PhoneError::UnknownPairingRef)?;
        let ephemeral_secret = exchange
            .ephemeral
            .private_key
            .calculate_agreement(&exchange.companion_ephemeral)
            .map_err(|_| PhoneError::PairCode("key agreement failed"))?;
        let random = self.open_key_bundle(&finish, &ephemeral_secret)?;
        let identity_secret = self
            .signal
            .identity()
            .private_key()
            .calculate_agreement(&public(&finish.identity)?)
            .map_err(|_| PhoneError::PairCode("key agreement failed"))?;

        let secrets = [ephemeral_secret, identity_secret, random].concat();
        let adv_secret = derive_key(&secrets, None, ADV_SECRET_INFO)
            .map_err(|_| PhoneError::PairCode("key derivation failed"))?;
        self.offer(Candidate {
            pairing_ref: finish.pairing_ref,
            noise_pub: exchange.noise_pub,
            identity_pub: finish.identity,
            adv_secret,
            platform: exchange.platform,
        })
    }

    /// Returns the companion's random bytes, after checking that the bundle names both identities.
    fn open_key_bundle(
        &self,
        finish: &CompanionFinish,
        ephemeral_secret: &[u8; 32],
    ) -> Result<[u8; 32], PhoneError> {
        let malformed = PhoneError::PairCode("the key bundle is malformed");
        let Some((salt, rest)) = finish.wrapped_key_bundle.split_first_chunk::<32>() else {
            return Err(malformed);
        };
        let Some((iv, sealed)) = rest.split_first_chunk::<12>() else {
            return Err(malformed);
        };
        let key = derive_key(ephemeral_secret, Some(salt), KEY_BUNDLE_INFO)
            .map_err(|_| PhoneError::PairCode("key derivation failed"))?;
        let mut opened = Vec::with_capacity(96);
        aes_256_gcm_decrypt(&key, iv, b"", sealed, &mut opened)
            .map_err(|_| PhoneError::PairCode("the key bundle does not open: wrong code"))?;

        let (identities, random) = opened.split_last_chunk::<32>().ok_or(malformed)?;
        if identities != [finish.identity, self.identity()].concat() {
            return Err(PhoneError::PairCode("the key bundle names other identities"));
        }
        Ok(*random)
    }
}

/// Removes the dash and converts to upper case, since people may type either form.
fn normalised(code: &str) -> Result<String, PhoneError> {
    let code: String =
        code.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect();
    if PairCodeUtils::validate_code(&code) { Ok(code) } else { Err(PhoneError::MalformedPairCode) }
}

fn public(bytes: &[u8; 32]) -> Result<PublicKey, PhoneError> {
    PublicKey::from_djb_public_key_bytes(bytes)
        .map_err(|_| PhoneError::PairCode("not a public key"))
}
