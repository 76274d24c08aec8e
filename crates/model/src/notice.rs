//! Messages that no person wrote. A page says them in the language of its reader.

use serde::{Deserialize, Serialize};

use crate::content::{Call, CallOutcome, System};

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

impl From<Notice> for String {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Call(Call { video, outcome: CallOutcome::Missed }) => match video {
                None => "call",
                Some(false) => "voice_call",
                Some(true) => "video_call",
            }
            .to_owned(),
            Notice::System(System::Timer { seconds }) => TIMER.to_owned() + &seconds.to_string(),
        }
    }
}

impl TryFrom<String> for Notice {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        let missed = |video| Self::Call(Call { video, outcome: CallOutcome::Missed });
        Ok(match &*word {
            "call" => missed(None),
            "voice_call" => missed(Some(false)),
            "video_call" => missed(Some(true)),
            other => {
                let seconds = other.strip_prefix(TIMER).and_then(|seconds| seconds.parse().ok());
                Self::System(System::Timer { seconds: seconds.ok_or("no notice")? })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_words() {
        let call = |video| Notice::Call(Call { video, outcome: CallOutcome::Missed });
        let timer = |seconds| Notice::System(System::Timer { seconds });
        for (notice, json) in [
            (call(None), r#""call""#),
            (call(Some(false)), r#""voice_call""#),
            (call(Some(true)), r#""video_call""#),
            (timer(0), r#""timer 0""#),
            (timer(604_800), r#""timer 604800""#),
        ] {
            assert_eq!(serde_json::to_string(&notice).unwrap(), json);
            assert_eq!(serde_json::from_str::<Notice>(json).unwrap(), notice);
        }
        for other in [r#""timer""#, r#""timer x""#, r#""""#, "7"] {
            assert!(serde_json::from_str::<Notice>(other).is_err(), "{other}");
        }
    }
}
