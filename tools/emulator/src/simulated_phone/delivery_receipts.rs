//! Delivery receipts of a phone.
//!
//! The phone of a client that linked itself to a mock phone exists for that client only. It sends no
//! receipts while the client is away, since WhatsApp's servers would have nobody to deliver to; it
//! sends them when the client is back.

use std::sync::Arc;

use wacore_binary::Jid;

use crate::groups;
use crate::groups::receipts::MemberReceipt;
use crate::receipts::{ForwardedReceipt, forward_receipt};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress, WithheldReceipt};
use crate::world::addressing::Addressing;

/// Sends the receipt for a message, or withholds it.
pub(super) fn send(
    world: &World,
    account: &Arc<Account>,
    author: &Arc<Account>,
    addressing: Addressing,
    id: &str,
) {
    let receipt = WithheldReceipt {
        author: author.number().to_owned(),
        group: None,
        addressing,
        id: id.to_owned(),
    };
    send_or_withhold(world, account, receipt);
}

/// Sends the receipt for a message of a group, or withholds it.
pub(super) fn send_to_group(
    world: &World,
    account: &Arc<Account>,
    author: &Arc<Account>,
    group: &Jid,
    addressing: Addressing,
    id: &str,
) {
    let receipt = WithheldReceipt {
        author: author.number().to_owned(),
        group: Some(group.clone()),
        addressing,
        id: id.to_owned(),
    };
    send_or_withhold(world, account, receipt);
}

fn send_or_withhold(world: &World, account: &Arc<Account>, receipt: WithheldReceipt) {
    {
        let mut directory = account.directory();
        if directory.withholds_receipts() {
            directory.withheld_receipts.push(receipt);
            return;
        }
    }
    forward(world, account, receipt);
}

/// Sends the receipts that were withheld while no companion was connected.
pub(crate) fn send_withheld(world: &World, account: &Arc<Account>) {
    let withheld = {
        let mut directory = account.directory();
        if directory.withholds_receipts() {
            return;
        }
        std::mem::take(&mut directory.withheld_receipts)
    };
    for receipt in withheld {
        forward(world, account, receipt);
    }
}

fn forward(world: &World, account: &Arc<Account>, receipt: WithheldReceipt) {
    let WithheldReceipt { author, group, addressing, id } = receipt;
    let Some(author) = world.account(&author) else { return };
    let (from, ids) = (&DeviceAddress::new(account, 0), &[id]);
    let Some(group) = group else {
        let to = &author;
        return forward_receipt(world, &ForwardedReceipt { from, to, addressing, kind: None, ids });
    };
    if let Some(group) = world.groups.find(&group) {
        let group = group.snapshot();
        let author = Some(&author);
        let receipt = MemberReceipt { from, group: &group, author, kind: None, ids };
        groups::receipts::forward(world, &receipt);
    }
}
