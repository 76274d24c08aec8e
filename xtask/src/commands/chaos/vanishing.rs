//! A conversation whose messages disappear.
//!
//! One customer and one agent turn its timer on and off in turns, and write in between. Each message
//! goes as it states itself: after seconds, which only phones can set, or after a day, or never. A
//! number does not take over seconds for its own messages. Both wait until a change of the timer is on
//! both sides before they write, so that what each message has to state is certain.

use std::{
    collections::HashSet,
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::Result;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::Value;

use crate::harness::WhatsApp;

use super::{
    agents,
    card::Card,
    conversation::{Conversation, ID_PREFIX},
    count::Count,
    customers,
    form::{FileForm, Form},
    record::Written,
    shown,
};

/// Seconds of the timer that the customer chooses. WhatsApp's apps offer a day at least, and its
/// protocol has any number.
const SHORT: u32 = 5;
/// Seconds of the timer that the agent chooses.
const DAY: u32 = 86_400;
/// Pause before each change of the timer. A change states its time in seconds, so that two in one
/// second have no order.
const BEFORE_CHANGE: Duration = Duration::from_millis(1_100);
/// Interval between two looks at the other side.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What was sent in the conversation.
#[derive(Default)]
pub(super) struct Vanishing {
    sent: Vec<Sent>,
    /// The last timer, in seconds; 0 if it is off.
    timer: u32,
}

struct Sent {
    message: Written,
    is_ours: bool,
    /// Seconds after which it disappears; 0 if it stays.
    expires_in: u32,
}

/// The counts of the conversation, once everything is due.
#[derive(Default)]
pub(super) struct Gone {
    /// The agent's messages on the phone.
    to_phone: Count,
    /// The messages that stay, in the inbox. Others that are still there count as duplicated.
    staying: Count,
    /// Messages that are to be gone.
    pub(super) due: usize,
    /// Descriptions of what one side does not show as it should.
    pub(super) wrong: Vec<String>,
}

/// The people of the conversation, and what they have done.
struct Talk<'a> {
    whatsapp: &'a WhatsApp,
    conversation: &'a Conversation,
    random: StdRng,
    stop: &'a AtomicBool,
    done: Vanishing,
}

/// Writes in the conversation until `stop` is set. Returns what was sent.
pub(super) fn run(
    whatsapp: &WhatsApp,
    conversation: &Conversation,
    seed: u64,
    stop: &AtomicBool,
) -> Result<Vanishing> {
    let opening = conversation.opening().map(|message| Sent {
        message: message.clone(),
        is_ours: message.wa_id.starts_with(ID_PREFIX),
        expires_in: 0,
    });
    let done = Vanishing { sent: opening.collect(), timer: 0 };
    let random = StdRng::seed_from_u64(seed);
    let mut talk = Talk { whatsapp, conversation, random, stop, done };
    while !talk.is_over() {
        talk.round()?;
    }
    Ok(talk.done)
}

impl Talk<'_> {
    /// Turns the timer on and off, once on each side. A round ends early when everybody stops.
    fn round(&mut self) -> Result<()> {
        for timer in [SHORT, 0] {
            if !self.pause() {
                return Ok(());
            }
            let Conversation { customer, number, .. } = self.conversation;
            self.whatsapp.set_timer(customer, number, timer)?;
            self.done.timer = timer;
            if !self
                .until(|talk| Ok(talk.inbox_notes_timer(timer)? && talk.phone_has_timer(timer)?))
            {
                return Ok(());
            }
            self.both_write()?;
            if !self.until(Self::is_quiet) {
                return Ok(());
            }
        }
        for (timer, name) in [(DAY, "day"), (0, "off")] {
            if !self.pause() {
                return Ok(());
            }
            agents::set_timer(self.conversation, name, &mut self.random)?;
            self.done.timer = timer;
            // What follows waits until WhatsApp has the timer.
            self.agent_writes(Form::Text)?;
            if !self.until(|talk| Ok(talk.is_quiet()? && talk.phone_has_timer(timer)?)) {
                return Ok(());
            }
            self.customer_writes(Form::Text)?;
        }
        Ok(())
    }

    /// Both send a message of each of some forms.
    fn both_write(&mut self) -> Result<()> {
        let (nth, name) = (self.done.sent.len(), self.next_text());
        self.customer_writes(Form::Text)?;
        self.customer_writes(Form::File(FileForm::Picture))?;
        self.customer_writes(Form::Card(Card::place(nth, &name)))?;
        self.agent_writes(Form::Card(Card::contacts(nth, &name)))?;
        self.agent_writes(Form::File(FileForm::Document))?;
        self.agent_writes(Form::Text)
    }

    fn customer_writes(&mut self, form: Form) -> Result<()> {
        let text = self.next_text();
        let message = customers::writes(self.whatsapp, self.conversation, text, form)?;
        self.sent(message, false);
        Ok(())
    }

    fn agent_writes(&mut self, form: Form) -> Result<()> {
        let text = self.next_text();
        let message = agents::write(self.conversation, text, form, &mut self.random)?;
        self.sent(message, true);
        Ok(())
    }

    fn sent(&mut self, message: Written, is_ours: bool) {
        let expires_in = if is_ours { self.done.taken_over() } else { self.done.timer };
        self.done.sent.push(Sent { message, is_ours, expires_in });
    }

    fn next_text(&self) -> String {
        format!("some ou fica n.º {}", self.done.sent.len())
    }

    /// Returns true if the last notice in the inbox is about this timer. Each change is to another one.
    fn inbox_notes_timer(&self, timer: u32) -> Result<bool> {
        let Conversation { client, chat, .. } = self.conversation;
        let last = client.call("messages", &[("chat", chat)])?;
        let last = last.as_array().into_iter().flatten();
        let mut notices = last.filter(|message| message["kind"] == "system");
        Ok(notices.next_back().is_some_and(|one| one["notice"] == format!("timer {timer}")))
    }

    fn phone_has_timer(&self, timer: u32) -> Result<bool> {
        let Conversation { customer, number, .. } = self.conversation;
        Ok(self.whatsapp.timer(customer, number)? == timer)
    }

    /// Returns true if the phone has everything that the agent sent, and WhatsApp has confirmed it.
    fn is_quiet(&self) -> Result<bool> {
        let Conversation { customer, number, client, chat, .. } = self.conversation;
        let rows = self.whatsapp.messages(customer, number)?;
        let there: HashSet<&str> = rows
            .iter()
            .filter(|row| shown::is_message(row))
            .filter_map(|row| row["id"].as_str())
            .collect();
        let mut ours = self.done.sent.iter().filter(|sent| sent.is_ours);
        if !ours.all(|sent| there.contains(&*sent.message.wa_id)) {
            return Ok(false);
        }
        let last = client.call("messages", &[("chat", chat)])?;
        let mut last = last.as_array().into_iter().flatten();
        Ok(!last.any(|message| message["delivery"] == "queued"))
    }

    /// Pauses before a change of the timer. Returns false if everybody stops.
    fn pause(&self) -> bool {
        thread::sleep(BEFORE_CHANGE);
        !self.is_over()
    }

    /// Waits until `check` is true. Returns false if everybody stops before. The server may be down
    /// meanwhile.
    fn until(&self, check: impl Fn(&Self) -> Result<bool>) -> bool {
        while !self.is_over() {
            if matches!(check(self), Ok(true)) {
                return true;
            }
            thread::sleep(LOOK_EVERY);
        }
        false
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Vanishing {
    /// Returns the timer in the inbox: the last one if it is of a day at least, and otherwise none.
    fn taken_over(&self) -> u32 {
        if self.timer >= DAY { self.timer } else { 0 }
    }

    /// Compares what was sent with the messages of the inbox and with the rows of the customer's phone.
    pub(super) fn gone(
        &self,
        whatsapp: &WhatsApp,
        conversation: &Conversation,
        stored: &[Value],
    ) -> Result<Gone> {
        let (customer, number) = (&conversation.customer, &conversation.number);
        let rows = whatsapp.messages(customer, number)?;
        let mut gone = self.compare(stored, &rows);
        let sides = [
            ("the inbox", timer_in_inbox(conversation)?, self.taken_over()),
            ("the phone", whatsapp.timer(customer, number)?, self.timer),
        ];
        for (side, timer, wanted) in sides {
            if timer != wanted {
                gone.wrong.push(format!("the timer on {side}: {timer} s instead of {wanted}"));
            }
        }
        Ok(gone)
    }

    /// Returns the SHA-256 of the files that are to be gone.
    pub(super) fn due_files(&self) -> impl Iterator<Item = &str> {
        let due = self.sent.iter().filter(|sent| sent.is_due());
        due.map(|sent| &*sent.message.sha256).filter(|sha256| !sha256.is_empty())
    }

    fn compare(&self, stored: &[Value], rows: &[Value]) -> Gone {
        let ids = |is_wanted: fn(&Sent) -> bool| -> Vec<&str> {
            let wanted = self.sent.iter().filter(|sent| is_wanted(sent));
            wanted.map(|sent| &*sent.message.wa_id).collect()
        };
        let rows: Vec<_> = rows.iter().filter(|row| shown::is_message(row)).collect();
        let from_us = rows.iter().filter(|row| row["from_me"] == false);
        let from_us = from_us.filter_map(|row| row["id"].as_str());
        // The settings of the timer leave notices.
        let stored = stored
            .iter()
            .filter(|message| shown::is_message(message) && message["kind"] != "system");
        let stored = stored.filter_map(|message| message["wa_id"].as_str());
        let mut wrong = Vec::new();
        for Sent { message, expires_in, .. } in &self.sent {
            let wa_id = &message.wa_id;
            let Some(row) = rows.iter().find(|row| row["id"] == **wa_id) else { continue };
            let stated = row["expires_in"].as_u64().unwrap_or(0);
            if stated != u64::from(*expires_in) {
                wrong.push(format!(
                    "{wa_id} on the phone goes after {stated} s instead of {expires_in}"
                ));
            }
        }
        Gone {
            // Files are overtaken by texts.
            to_phone: Count::unordered(&ids(|sent| sent.is_ours), from_us),
            staying: Count::unordered(&ids(|sent| !sent.is_due()), stored),
            due: self.sent.iter().filter(|sent| sent.is_due()).count(),
            wrong,
        }
    }
}

impl Sent {
    /// Returns true if it is due before the run ends.
    fn is_due(&self) -> bool {
        self.expires_in == SHORT
    }
}

impl Gone {
    pub(super) fn is_good(&self) -> bool {
        self.to_phone.is_good() && self.staying.is_good() && self.wrong.is_empty()
    }
}

/// Formats the rows of a Markdown table.
impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| with a timer, the inbox to its phone | {} |", self.to_phone)?;
        writeln!(f, "| with a timer, those that stay in the inbox | {} |", self.staying)
    }
}

/// Returns the seconds of the timer in the inbox; 0 if it is off.
fn timer_in_inbox(conversation: &Conversation) -> Result<u32> {
    let chat = conversation.client.call("chat_timer", &[("chat", &conversation.chat)])?;
    Ok(u32::try_from(chat["timer"].as_u64().unwrap_or(0))?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vanishing() -> Vanishing {
        let sent = |wa_id: &str, is_ours, expires_in| Sent {
            message: Written::new(wa_id.to_owned(), String::new(), "some".to_owned(), Form::Text),
            is_ours,
            expires_in,
        };
        let sent = vec![
            sent("a", false, SHORT),
            sent("b", true, SHORT),
            sent("c", true, 0),
            sent("d", false, 0),
            sent("e", true, DAY),
        ];
        Vanishing { sent, timer: 0 }
    }

    fn rows() -> Vec<Value> {
        vec![
            json!({ "id": "a", "from_me": true, "kind": "text", "expires_in": SHORT }),
            json!({ "id": "b", "from_me": false, "kind": "text", "expires_in": SHORT }),
            json!({ "id": "c", "from_me": false, "kind": "text" }),
            json!({ "id": "d", "from_me": true, "kind": "text" }),
            json!({ "id": "e", "from_me": false, "kind": "text", "expires_in": DAY }),
        ]
    }

    fn stored(wa_ids: &[&str]) -> Vec<Value> {
        let notice = json!({ "wa_id": "n", "kind": "system" });
        let messages = wa_ids.iter().map(|wa_id| json!({ "wa_id": wa_id, "kind": "text" }));
        messages.chain([notice]).collect()
    }

    #[test]
    fn what_is_due_is_gone_and_nothing_else() {
        let (vanishing, rows) = (vanishing(), rows());
        let gone = vanishing.compare(&stored(&["c", "d", "e"]), &rows);
        assert!(gone.is_good() && gone.due == 2, "{gone}");
        assert!(!vanishing.compare(&stored(&["b", "c", "d", "e"]), &rows).is_good(), "one is left");
        assert!(!vanishing.compare(&stored(&["c", "d"]), &rows).is_good(), "one is missing");
        let gone = vanishing.compare(&stored(&["c", "d", "e"]), &rows[..4]);
        assert!(!gone.is_good(), "the phone misses one: {gone}");
    }

    #[test]
    fn the_files_that_have_to_go_are_those_of_messages_that_are_due() {
        let mut vanishing = vanishing();
        for (sent, sha256) in vanishing.sent.iter_mut().zip(["", "bb", "cc"]) {
            sha256.clone_into(&mut sent.message.sha256);
        }
        assert_eq!(vanishing.due_files().collect::<Vec<_>>(), ["bb"]);
    }

    #[test]
    fn a_message_states_the_timer_under_which_it_was_sent() {
        let mut rows = rows();
        rows[4]["expires_in"] = Value::Null;
        let gone = vanishing().compare(&stored(&["c", "d", "e"]), &rows);
        assert!(!gone.is_good());
        assert_eq!(gone.wrong, ["e on the phone goes after 0 s instead of 86400"]);
    }
}
