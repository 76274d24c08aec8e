//! Delivery receipts of a phone.
//!
//! The phone of a client that linked itself to a mock phone exists for that client only. It sends no
//! receipts while the client is away, since WhatsApp's servers would have nobody to deliver to; it
//! sends them when the client is back.

use std::sync::Arc;

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
    {
        let mut directory = account.directory();
        if directory.withholds_receipts() {
            directory.withheld_receipts.push(WithheldReceipt {
                author: author.number().to_owned(),
                addressing,
                id: id.to_owned(),
            });
            return;
        }
    }
    forward(world, account, author, addressing, id);
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
        if let Some(author) = world.account(&receipt.author) {
            forward(world, account, &author, receipt.addressing, &receipt.id);
        }
    }
}

fn forward(
    world: &World,
    account: &Arc<Account>,
    author: &Arc<Account>,
    addressing: Addressing,
    id: &str,
) {
    forward_receipt(
        world,
        &ForwardedReceipt {
            from: &DeviceAddress::new(account, 0),
            to: author,
            addressing,
            kind: None,
            ids: &[id.to_owned()],
        },
    );
}
