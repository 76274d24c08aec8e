//! Files that their recipients may open once.
//!
//! Nobody opens such a file here: it goes to WhatsApp and is forgotten. As soon as WhatsApp has its
//! message, its preview, its keys and its place at WhatsApp are deleted with that transaction, and the file
//! is marked for removal from the disk, as one that is evicted ([`crate::eviction`]): a crash in between
//! loses no removal. Its row stays, so that pages say what was sent.

use model::{ConnectionId, MessageKind};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use crate::{
    Error, codec,
    entity::{media, message},
    live::Work,
    write::Writing,
};

/// Forgets the file of a message that WhatsApp has taken, if it can be opened once, and wakes the task that
/// removes it from the disk. The caller announces the message.
pub(super) async fn taken(writing: &mut Writing, row: &message::Model) -> Result<(), Error> {
    // No other kind is viewed once, and most messages are texts.
    let may_be = matches!(
        MessageKind::from_name(&row.kind),
        MessageKind::Image | MessageKind::Video | MessageKind::Audio
    );
    if !may_be {
        return Ok(());
    }
    let forgotten = media::Entity::update_many()
        .col_expr(media::Column::State, Expr::val(codec::EVICTING))
        .col_expr(media::Column::NextAt, Expr::val(None::<i64>))
        .col_expr(media::Column::StoredBytes, Expr::val(None::<i64>))
        .col_expr(media::Column::Preview, Expr::val(None::<String>))
        .col_expr(media::Column::Waveform, Expr::val(None::<String>))
        .col_expr(media::Column::DirectPath, Expr::val(""))
        .col_expr(media::Column::MediaKey, Expr::val(""))
        .col_expr(media::Column::FileHash, Expr::val(""))
        .col_expr(media::Column::SealedHash, Expr::val(""))
        .col_expr(media::Column::StreamingSidecar, Expr::val(None::<String>))
        .col_expr(media::Column::UploadedAt, Expr::val(None::<i64>))
        .filter(media::Column::MessageId.eq(row.id))
        .filter(media::Column::ViewOnce.eq(true))
        .exec(&writing.tx)
        .await?;
    if forgotten.rows_affected > 0 {
        writing.wake(ConnectionId(row.connection_id), Work::Removals);
    }
    Ok(())
}
