//! Sends messages in both directions, and changes them, as customers and agents do.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::Result;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::harness::WhatsApp;

use super::{agents, conversation::Conversation, customers, record::Record};

/// Mean time between two messages of all customers, and between two of all agents.
const INBOUND_EVERY: Duration = Duration::from_millis(35);
const OUTBOUND_EVERY: Duration = Duration::from_millis(120);

/// Customers write until `stop` is set. Returns what they did in each conversation.
pub(super) fn inbound(
    whatsapp: &WhatsApp,
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Vec<Record>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut records: Vec<_> =
        conversations.iter().map(|conversation| Record::new(&conversation.greeting)).collect();
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let (conversation, record) = (&conversations[index], &mut records[index]);
        let author = format!("cliente {index}");
        let step = record.next_step(&author, &conversation.answer, &mut random);
        customers::does(whatsapp, conversation, record, step)?;
        thread::sleep(random.random_range(Duration::ZERO..INBOUND_EVERY * 2));
    }
    Ok(records)
}

/// Agents write until `stop` is set. Returns what they did in each conversation.
pub(super) fn outbound(
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Vec<Record>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut records: Vec<_> =
        conversations.iter().map(|conversation| Record::new(&conversation.answer)).collect();
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let author = format!("agente {index}");
        let greeting = &conversations[index].greeting;
        let step = records[index].next_step(&author, greeting, &mut random);
        agents::do_step(conversations, &mut records, index, step, &mut random)?;
        thread::sleep(random.random_range(Duration::ZERO..OUTBOUND_EVERY * 2));
    }
    Ok(records)
}
