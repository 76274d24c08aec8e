//! Receipts of reading and playing for the own devices alone. The library sends them by the privacy settings of
//! the account, which are those of the phone; here each number decides for the people who work with it.

use chrono::{DateTime, Utc};
use store::ReadReceipt;
use whatsapp_rust::prelude::{Client, Jid};
use whatsapp_rust::wacore_binary::Node;
use whatsapp_rust::{NodeBuilder, anyhow};

/// Sends a receipt that the author of the messages does not get.
///
/// # Errors
/// The connection does not take it.
pub(crate) async fn send(
    client: &Client,
    receipt: &ReadReceipt,
    chat: &Jid,
    sender: Option<&Jid>,
) -> Result<(), anyhow::Error> {
    let Some(node) = node(receipt, chat, sender, Utc::now()) else { return Ok(()) };
    Ok(client.send_node(node).await?)
}

/// Builds the stanza, as WhatsApp Web does for an account without read receipts
/// (`WAWebSendReadReceiptJob`): it names the first message, and lists the others.
fn node(
    receipt: &ReadReceipt,
    chat: &Jid,
    sender: Option<&Jid>,
    at: DateTime<Utc>,
) -> Option<Node> {
    let (first, others) = receipt.wa_ids.split_first()?;
    let kind = if receipt.was_played { "played-self" } else { "read-self" };
    let mut receipt = NodeBuilder::new("receipt")
        .attr("to", chat)
        .attr("type", kind)
        .attr("id", first.as_str())
        .attr("t", at.timestamp().to_string().as_str());
    if let Some(sender) = sender {
        receipt = receipt.attr("participant", sender);
    }
    if !others.is_empty() {
        let items =
            others.iter().map(|id| NodeBuilder::new("item").attr("id", id.as_str()).build());
        receipt = receipt.children([NodeBuilder::new("list").children(items).build()]);
    }
    Some(receipt.build())
}

#[cfg(test)]
mod tests {
    use model::OperationId;

    use super::*;

    #[test]
    fn only_the_own_devices_get_it() {
        let receipt = |was_played, ids: &[&str]| {
            let receipt = ReadReceipt {
                id: OperationId(1),
                was_played,
                to_jid: String::new(),
                is_quiet: true,
                sender: None,
                wa_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            };
            node(&receipt, &"1@lid".parse().unwrap(), None, DateTime::UNIX_EPOCH)
        };
        let kind = |node: &Node| {
            let kind = node.attrs.get("type");
            kind.map(|kind| kind.as_str().into_owned())
        };
        let read = receipt(false, &["3EB00001", "3EB00002", "3EB00003"]).unwrap();
        assert_eq!(kind(&read).as_deref(), Some("read-self"));
        let listed = read.get_optional_child("list").unwrap();
        assert_eq!(listed.get_children_by_tag("item").count(), 2);
        let played = receipt(true, &["3EB00001"]).unwrap();
        assert_eq!(kind(&played).as_deref(), Some("played-self"));
        assert!(played.get_optional_child("list").is_none());
        assert!(receipt(false, &[]).is_none());
    }
}
