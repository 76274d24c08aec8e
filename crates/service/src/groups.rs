//! Groups: what is known of them, leaving them, and the people who may see and answer them.

use model::{
    ChatId, ConnectionId, Group, GroupAccess, GroupAccessPage, GroupPage, GroupsGranted, Member,
    Message, MessageId, MessageInfo, UserId, WaMessageId,
};
use store::Viewer;

use crate::error::if_allowed;
use crate::messages::or_new;
use crate::{Error, Services};

/// The data of a group and its members.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such group that the viewer may read.
pub async fn info(viewer: &Viewer, chat: ChatId) -> Result<Group, Error> {
    Ok(viewer.group(chat).await?)
}

/// The data of a group, with what the viewer may do about it.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such group that the viewer may read.
pub async fn page(services: &Services, viewer: &Viewer, chat: ChatId) -> Result<GroupPage, Error> {
    use store::Error::{Forbidden, NotFound};

    let group = viewer.group(chat).await?;
    let may_write = if_allowed(viewer.write_chat(chat).await)?.is_some();
    let can_leave = group.membership.is_inside() && may_write;
    let access = match access(services, viewer, chat).await {
        Ok(access) => Some(access),
        Err(Error::Store(NotFound | Forbidden)) => None,
        Err(error) => return Err(error),
    };
    Ok(GroupPage { group, can_leave, access })
}

/// The members of a group whose names or phones have `search` in them, to be mentioned; at most 50, and
/// without the number itself.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such group that the viewer may read.
pub async fn members(viewer: &Viewer, chat: ChatId, search: &str) -> Result<Vec<Member>, Error> {
    Ok(viewer.group_members(chat, search).await?)
}

/// The members who read a message, those on whose phones it is, and the others.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such message of the number itself in a group that the viewer
/// may read.
pub async fn message_info(viewer: &Viewer, message: MessageId) -> Result<MessageInfo, Error> {
    Ok(viewer.message_info(message).await?)
}

/// Queues that the number leaves a group, and returns the notice about it. A repeated `wa_id` is the same
/// request.
///
/// # Errors
/// [`store::Error::NotFound`] unless it is a group that the viewer may write in;
/// [`store::Error::Closed`] if the number is not in the group any more; those of `Store::enqueue_leave`.
pub async fn leave(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_leave(&grant, chat.id, wa_id).await?)
}

/// The people who may see and answer a group, and those whom it can be given to.
///
/// # Errors
/// [`store::Error::NotFound`] unless it is a group that the viewer may read, of a number that they may
/// manage.
pub async fn access(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
) -> Result<GroupAccessPage, Error> {
    let number = viewer.chat(chat).await?.connection;
    let grant = viewer.grant_manage(number).await?;
    Ok(services.store.group_access(&grant, chat).await?)
}

/// Decides who may see and answer a group. It is in the audit trail.
///
/// # Errors
/// [`store::Error::NotFound`] unless it is a group that the viewer may read, of a number that they may
/// manage, and for a person without a grant on the number.
pub async fn set_access(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    access: &GroupAccess,
) -> Result<(), Error> {
    let number = viewer.chat(chat).await?.connection;
    let grant = viewer.grant_manage(number).await?;
    Ok(services.store.set_group_access(&grant, chat, access).await?)
}

/// Decides which groups the grant of a person on a number includes. It is in the audit trail.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; [`store::Error::NotFound`] if the
/// person has no grant on the number.
pub async fn set_granted(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
    number: ConnectionId,
    groups: GroupsGranted,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.set_granted_groups(&admin, user, number, groups).await?)
}
