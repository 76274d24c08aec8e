//! Messages that no person wrote. A page says them in the language of its reader.

use serde::{Deserialize, Serialize};

use crate::content::{Call, System};

/// A message that no person wrote.
///
/// It is serialised as a word, `timer 604800` or `video_call`, which takes little code to read in the
/// browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Notice {
    Call(Call),
    System(System),
}

const TIMER: &str = "timer ";
const NEW_NUMBER: &str = "new_number";

impl From<Notice> for String {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Call(call) => call.words(),
            Notice::System(System::Timer { seconds }) => TIMER.to_owned() + &seconds.to_string(),
            Notice::System(System::NewNumber) => NEW_NUMBER.to_owned(),
        }
    }
}

impl TryFrom<String> for Notice {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Ok(match Call::read(&word) {
            Some(call) => Self::Call(call),
            None if word == NEW_NUMBER => Self::System(System::NewNumber),
            None => {
                let seconds = word.strip_prefix(TIMER).and_then(|seconds| seconds.parse().ok());
                Self::System(System::Timer { seconds: seconds.ok_or("no notice")? })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::CallOutcome;

    #[test]
    fn notices_are_words() {
        let of = |video, outcome| Notice::Call(Call { video, outcome });
        let call = |video| of(video, CallOutcome::Missed);
        let timer = |seconds| Notice::System(System::Timer { seconds });
        for (notice, json) in [
            (call(None), r#""call""#),
            (call(Some(false)), r#""voice_call""#),
            (call(Some(true)), r#""video_call""#),
            (of(Some(true), CallOutcome::Ringing), r#""video_call ringing""#),
            (of(Some(false), CallOutcome::Rejected), r#""voice_call rejected""#),
            (of(None, CallOutcome::Answered), r#""call answered""#),
            (timer(0), r#""timer 0""#),
            (Notice::System(System::NewNumber), r#""new_number""#),
            (timer(604_800), r#""timer 604800""#),
        ] {
            assert_eq!(serde_json::to_string(&notice).unwrap(), json);
            assert_eq!(serde_json::from_str::<Notice>(json).unwrap(), notice);
        }
        for other in [r#""timer""#, r#""timer x""#, r#""voice_call hung""#, r#""""#, "7"] {
            assert!(serde_json::from_str::<Notice>(other).is_err(), "{other}");
        }
    }
}
