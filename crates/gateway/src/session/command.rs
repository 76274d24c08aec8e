//! The requests of the pool to a session.

use model::PhoneNumber;
use store::ActorContext;
use tokio::sync::oneshot;

/// A request of the pool to a session.
pub(crate) enum Command {
    /// Connect, or join the attempt that is under way.
    Connect { actor: ActorContext },
    /// Request a pairing code from WhatsApp for this phone.
    ConnectWithCode { phone: PhoneNumber, actor: ActorContext },
    /// Unlink the device on WhatsApp and delete its keys.
    Unlink { actor: ActorContext, done: oneshot::Sender<Result<(), store::Error>> },
    /// Reject a call that rings. The answer is false if it does not ring any more, or the network fails.
    RejectCall { call: String, done: oneshot::Sender<bool> },
    /// The process shuts down: close cleanly and keep everything.
    Stop,
}
