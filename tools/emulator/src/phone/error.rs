use thiserror::Error;
use wacore_libsignal::protocol::SignalProtocolError;

/// The reason why a phone could not do an operation.
///
/// No variant carries message text, QR contents or key bytes, since errors end up in logs.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The scanned text is not a WhatsApp linking QR.
    #[error("not a linking QR: {0}")]
    MalformedQr(&'static str),
    /// The account has as many companions as WhatsApp allows.
    #[error("the account already has {0} linked devices")]
    TooManyDevices(usize),
    /// No companion has this device id.
    #[error("no linked device {0}")]
    UnknownDevice(u16),
    /// A companion's signed identity is not the one this phone offered, or a signature is wrong.
    #[error("device identity refused: {0}")]
    DeviceIdentity(&'static str),
    /// The code typed on the phone is not eight characters of the pair-code alphabet.
    #[error("a pair code has eight characters from 1-9 and A-Z without I, O, U and 0")]
    MalformedPairCode,
    /// No pair-code exchange is open under this ref.
    #[error("no pair-code exchange is open for this ref")]
    UnknownPairingRef,
    /// The companion's data cannot be decrypted: usually another code was typed.
    #[error("pair code exchange failed: {0}")]
    PairCode(&'static str),
    /// There is no Signal session with the device and no bundle was given to start one.
    #[error("no session with the device and no bundle to start one")]
    NoSession,
    /// The message was decrypted before. The phone acknowledges it and requests no retry.
    #[error("message was already decrypted")]
    Duplicate,
    /// The ciphertext cannot be decrypted. A phone answers it with a retry receipt.
    #[error("cannot decrypt: {0}")]
    Undecryptable(#[source] SignalProtocolError),
    /// The ciphertext was decrypted, but holds no WhatsApp message.
    #[error("decrypted content is not a message: {0}")]
    InvalidContent(&'static str),
    /// A key, bundle or store operation failed outside of decryption.
    #[error(transparent)]
    Signal(#[from] SignalProtocolError),
    /// The file cannot be encrypted.
    #[error("the file cannot be encrypted: {0}")]
    Media(String),
    /// The message replied to, edited, revoked or reacted to is not in the chat.
    #[error("no message {0} in this chat")]
    UnknownMessage(String),
    /// The phone has no poll with this id any more.
    #[error("no poll {0} in this chat")]
    NoPoll(String),
    /// The poll has no such option.
    #[error("options: the poll has no option {0:?}")]
    NoOption(String),
    /// The poll takes one answer.
    #[error("options: the poll takes one answer")]
    SingleChoice,
    /// Only authors can edit and revoke a message.
    #[error("message {0} is somebody else's")]
    NotOwn(String),
    /// A message of this kind cannot be edited, revoked or reacted to.
    #[error("that cannot be done to message {0}")]
    Unalterable(String),
}
