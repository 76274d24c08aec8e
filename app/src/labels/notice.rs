use model::Notice;
use model::content::{Call, CallOutcome, System};

use crate::i18n::{Locale, t};

const HOUR: u32 = 60 * 60;
const DAY: u32 = 24 * HOUR;

/// The sentence of a message that no person wrote: `Chamada de voz · chamando…`, `Mensagens temporárias:
/// 7 dias`.
pub(crate) fn notice(locale: Locale, notice: Notice) -> String {
    match notice {
        Notice::Call(Call { video, outcome: CallOutcome::Missed }) => match video {
            Some(true) => t!(locale, kind.video_call),
            Some(false) => t!(locale, kind.voice_call),
            None => t!(locale, kind.call),
        }
        .to_owned(),
        Notice::Call(Call { video, outcome }) => {
            let kind = match video {
                Some(true) => t!(locale, call.video),
                _ => t!(locale, call.voice),
            };
            let outcome = match outcome {
                CallOutcome::Ringing => t!(locale, call.ringing),
                CallOutcome::Rejected => t!(locale, call.rejected),
                _ => t!(locale, call.answered),
            };
            [kind, " · ", outcome].concat()
        }
        Notice::System(System::NewNumber) => t!(locale, kind.new_number).to_owned(),
        Notice::System(System::Timer { seconds }) => match seconds {
            0 => t!(locale, kind.timer_off).to_owned(),
            // A day is 24 hours, as in WhatsApp.
            1..=DAY => t!(locale, kind.timer_hours, n = seconds.div_ceil(HOUR)).to_string(),
            // Rounded up, so that there are at least two.
            _ => t!(locale, kind.timer_days, n = seconds.div_ceil(DAY)).to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_timers_have_a_sentence() {
        let words = |one| notice(Locale::pt_BR, one);
        let call = |video| words(Notice::Call(Call { video, outcome: CallOutcome::Missed }));
        assert_eq!(call(Some(true)), "Chamada de vídeo perdida");
        assert_eq!(call(Some(false)), "Chamada de voz perdida");
        assert_eq!(call(None), "Chamada perdida");
        let other = |video, outcome| words(Notice::Call(Call { video: Some(video), outcome }));
        assert_eq!(other(false, CallOutcome::Ringing), "Chamada de voz · chamando…");
        assert_eq!(other(true, CallOutcome::Rejected), "Chamada de vídeo · recusada");
        let answered = other(false, CallOutcome::Answered);
        assert_eq!(answered, "Chamada de voz · atendida em outro aparelho");
        let new_number = words(Notice::System(System::NewNumber));
        assert_eq!(new_number, "Mudou de número. As respostas vão para o número novo.");
        let timer = |seconds| words(Notice::System(System::Timer { seconds }));
        assert_eq!(timer(0), "Mensagens temporárias: desativadas");
        assert_eq!(timer(86_400), "Mensagens temporárias: 24 h");
        assert_eq!(timer(3_600), "Mensagens temporárias: 1 h");
        assert_eq!(timer(90_000), "Mensagens temporárias: 2 dias");
        assert_eq!(timer(604_800), "Mensagens temporárias: 7 dias");
        assert_eq!(timer(7_776_000), "Mensagens temporárias: 90 dias");
    }
}
