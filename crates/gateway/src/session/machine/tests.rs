//! Tables of transitions: a state, the change, and the state and effects that follow. The client
//! is a number here.

use chrono::DateTime;
use model::{ConnectionState as Shown, PhoneNumber};

use super::phase::{Code, Dial, Socket};
use super::*;

type State = SessionState<u8>;

const CLIENT: u8 = 7;
const WHY: StorageTrouble = StorageTrouble::Database;
const REASON: EndReason = EndReason::Replaced;

fn now() -> Now {
    // All calls must return the same time.
    static NOW: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    Now { instant: *NOW.get_or_init(Instant::now), utc: DateTime::UNIX_EPOCH }
}

fn in_seconds(seconds: u64) -> Shown {
    Shown::Connecting { retry_at: Some(now().utc + Duration::from_secs(seconds)) }
}

fn dial(failures: u32, socket: Socket) -> Dial {
    Dial { failures, socket }
}

fn pairing(dial: Dial) -> Phase {
    Phase::Pairing { dial, qrs_shown: 0, code: None }
}

fn logging_in(dial: Dial) -> Phase {
    Phase::LoggingIn { dial, again: false }
}

fn lost(dial: Dial) -> Phase {
    Phase::LoggingIn { dial, again: true }
}

fn running(phase: Phase) -> State {
    State::Running { client: CLIENT, restarts: 2, phase }
}

fn connected() -> State {
    State::Running { client: CLIENT, restarts: 0, phase: Phase::Connected }
}

fn closing(then: AfterClose) -> Closing<u8> {
    Closing { client: CLIENT, linked: true, then }
}

fn end() -> AfterClose {
    AfterClose::End { reason: REASON, overdue_at: now().instant + LONGEST_CLOSE }
}

fn ending(then: AfterClose) -> State {
    State::Ending { closing: closing(then), restarts: 0 }
}

fn paused(closing: Option<Closing<u8>>) -> State {
    State::Paused { why: WHY, closing, restarts: 0 }
}

fn waiting(seconds: u64, restarts: u32) -> State {
    State::Waiting { restart_at: now().instant + Duration::from_secs(seconds), restarts }
}

fn ended(reason: EndReason) -> State {
    State::Ended { reason }
}

fn disconnected(reason: Option<EndReason>) -> Effect<u8> {
    Effect::Show(Shown::Disconnected { reason })
}

const CONNECTING: Effect<u8> = Effect::Show(Shown::Connecting { retry_at: None });
const PAUSED: Effect<u8> = Effect::Show(Shown::Paused { why: WHY });
const SYNCING: Effect<u8> = Effect::Show(Shown::Syncing);
const RECORD: Effect<u8> = Effect::Record(REASON);
const RESTART: AfterClose = AfterClose::Restart;

type Row = (State, fn(&mut State) -> Effects<u8>, State, Effects<u8>);

#[track_caller]
fn check<const ROWS: usize>(rows: [Row; ROWS]) {
    for (nth, (before, change, after, effects)) in rows.into_iter().enumerate() {
        let mut state = before.clone();
        let performed = change(&mut state);
        assert_eq!((&state, &performed), (&after, &effects), "row {nth}, from {before:?}");
    }
}

#[test]
fn a_session_starts_once() {
    let start: fn(&mut State) -> Effects<u8> = |state| state.start(None);
    let starting = |restarts| State::Starting { restarts };
    let close = vec![Effect::Close(CLIENT)];
    let storage = disconnected(Some(EndReason::Storage));
    check([
        (State::Idle, start, starting(0), vec![CONNECTING, Effect::Open]),
        (waiting(5, 3), start, starting(3), vec![CONNECTING, Effect::Open]),
        (connected(), start, connected(), vec![]),
        (ending(end()), start, ending(end()), vec![]),
        (paused(None), start, paused(None), vec![]),
        (ended(REASON), start, ended(REASON), vec![]),
        (State::Idle, |state| state.start(Some(WHY)), paused(None), vec![PAUSED]),
        (
            starting(2),
            |state| state.opened(CLIENT, false),
            running(pairing(Dial::default())),
            vec![],
        ),
        (
            starting(2),
            |state| state.opened(CLIENT, true),
            running(logging_in(Dial::default())),
            vec![],
        ),
        (State::Idle, |state| state.opened(CLIENT, true), State::Idle, close),
        (starting(2), |state| state.open_failed(), State::Idle, vec![storage]),
    ]);
}

#[test]
fn attempts_are_counted_until_the_session_is_connected() {
    use Socket::{Closed, Failed, Open, Opening};
    let attempt: fn(&mut State) -> Effects<u8> = |state| state.in_phase(Phase::attempt);
    let closed: fn(&mut State) -> Effects<u8> =
        |state| state.in_phase(|phase| phase.socket_closed(true, now()));
    let lost_it: fn(&mut State) -> Effects<u8> =
        |state| state.in_phase(|phase| phase.disconnected(now()));
    let open: fn(&mut State) -> Effects<u8> = |state| state.in_phase(Phase::handshake_done);
    let at = |failures, socket| running(logging_in(dial(failures, socket)));
    let again = |failures, socket| State::Running {
        client: CLIENT,
        restarts: 0,
        phase: lost(dial(failures, socket)),
    };
    let stop = |shown| vec![Effect::StopTasks, shown];
    let failed = |seconds| stop(Effect::Show(in_seconds(seconds)));
    check([
        (at(0, Closed), attempt, at(0, Opening), vec![]),
        (at(0, Opening), closed, at(1, Failed), failed(1)),
        (at(1, Failed), attempt, at(1, Opening), vec![CONNECTING]),
        (at(3, Opening), closed, at(4, Failed), failed(3)),
        (at(1, Failed), closed, at(1, Failed), vec![]),
        (at(1, Failed), lost_it, at(1, Failed), vec![]),
        (at(1, Opening), open, at(1, Open), vec![]),
        // The library closes the socket of a pairing to open another at once.
        (at(1, Open), closed, at(1, Open), vec![]),
        (at(1, Open), lost_it, at(2, Failed), failed(1)),
        (connected(), closed, again(0, Closed), stop(CONNECTING)),
        (again(0, Closed), lost_it, again(1, Failed), failed(1)),
        (connected(), lost_it, again(1, Failed), failed(1)),
        (connected(), attempt, again(0, Opening), stop(CONNECTING)),
        // The run loop is about to end.
        (
            at(0, Opening),
            |state| state.in_phase(|phase| phase.socket_closed(false, now())),
            at(0, Opening),
            vec![],
        ),
        (ending(end()), lost_it, ending(end()), vec![]),
        (
            connected(),
            |state| state.in_phase(Phase::unresponsive),
            again(0, Closed),
            vec![Effect::StopTasks, CONNECTING, Effect::Reconnect],
        ),
        (at(0, Open), |state| state.in_phase(Phase::unresponsive), at(0, Open), vec![]),
    ]);
}

#[test]
fn a_login_leads_from_the_scan_to_the_connection() {
    let connect: fn(&mut State) -> Effects<u8> = |state| state.connected();
    let tasks = |again| vec![Effect::StartTasks { again }, Effect::Show(Shown::Connected)];
    let dial = dial(1, Socket::Open);
    let unlinked = Closing { linked: false, ..closing(end()) };
    let unlinked = State::Ending { closing: unlinked, restarts: 0 };
    check([
        (running(pairing(dial)), |state| state.paired(), running(logging_in(dial)), vec![SYNCING]),
        (unlinked, |state| state.paired(), ending(end()), vec![]),
        (running(logging_in(dial)), connect, connected(), tasks(false)),
        (running(lost(dial)), connect, connected(), tasks(true)),
        (ending(RESTART), connect, ending(RESTART), vec![]),
        (
            running(logging_in(dial)),
            |state| state.in_phase(Phase::syncing),
            running(logging_in(dial)),
            vec![SYNCING],
        ),
        (connected(), |state| state.in_phase(Phase::syncing), connected(), vec![]),
    ]);
}

#[test]
fn the_first_reason_of_an_end_stays() {
    let later: fn(&mut State) -> Effects<u8> = |state| state.end_later(REASON, now());
    let earlier = AfterClose::End { reason: EndReason::Outdated, overdue_at: now().instant };
    let idle = || State::Idle;
    check([
        (connected(), later, ending(end()), vec![Effect::StopTasks]),
        (ending(RESTART), later, ending(end()), vec![]),
        (ending(earlier), later, ending(earlier), vec![]),
        (idle(), later, idle(), vec![]),
        (
            connected(),
            |state| state.end_now(REASON),
            ended(REASON),
            vec![Effect::Close(CLIENT), RECORD],
        ),
        (
            connected(),
            |state| state.log_out(REASON),
            ended(REASON),
            vec![Effect::LogOut(CLIENT), RECORD],
        ),
        (ended(REASON), |state| state.recorded(), idle(), vec![disconnected(Some(REASON))]),
    ]);
}

#[test]
fn a_library_that_goes_on_after_the_end_is_closed() {
    let mut state = connected();
    state.end_later(REASON, now());
    let overdue_at = now().instant + LONGEST_CLOSE;
    assert_eq!(state.timer(), Some((overdue_at, Timer::CloseOverdue)));
    let effects = state.run_loop_ended(None, now());
    assert_eq!((effects, state), (vec![Effect::Close(CLIENT), RECORD], ended(REASON)));
}

#[test]
fn an_unlink_cancels_a_pairing_or_deletes_the_keys() {
    let unlink: fn(&mut State) -> Effects<u8> = |state| state.unlink();
    let here = EndReason::UnlinkedHere;
    let record = || Effect::Record(here);
    let cancelled = vec![Effect::Close(CLIENT), disconnected(None)];
    check([
        (running(pairing(Dial::default())), unlink, State::Idle, cancelled),
        (connected(), unlink, ended(here), vec![Effect::LogOut(CLIENT), record()]),
        (
            paused(Some(closing(RESTART))),
            unlink,
            ended(here),
            vec![Effect::LogOut(CLIENT), record()],
        ),
        (State::Idle, unlink, ended(here), vec![record()]),
        (waiting(5, 1), unlink, ended(here), vec![record()]),
    ]);
}

#[test]
fn the_end_of_a_run_loop_restarts_or_ends() {
    let over: fn(&mut State) -> Effects<u8> = |state| state.run_loop_ended(None, now());
    let later = Effect::Show(in_seconds(20));
    let starting = State::Starting { restarts: 0 };
    check([
        (
            running(logging_in(Dial::default())),
            over,
            waiting(20, 3),
            vec![Effect::Close(CLIENT), later, Effect::CountReconnect],
        ),
        (
            running(pairing(Dial::default())),
            over,
            State::Idle,
            vec![Effect::Close(CLIENT), disconnected(None)],
        ),
        (ending(RESTART), over, starting, vec![Effect::Close(CLIENT), CONNECTING, Effect::Open]),
        (ending(end()), over, ended(REASON), vec![Effect::Close(CLIENT), RECORD]),
    ]);
}

#[test]
fn a_panic_restarts_later_each_time() {
    let panic: fn(&mut State) -> Effects<u8> = |state| state.panicked(now());
    let shows = |seconds| Effect::Show(in_seconds(seconds));
    check([
        (connected(), panic, waiting(5, 1), vec![Effect::Close(CLIENT), shows(5)]),
        (waiting(5, 1), panic, waiting(10, 2), vec![shows(10)]),
        (waiting(5, 50), panic, waiting(640, 51), vec![shows(640)]),
        (State::Starting { restarts: 0 }, panic, waiting(5, 1), vec![shows(5)]),
        (paused(Some(closing(RESTART))), panic, paused(None), vec![Effect::Close(CLIENT)]),
        (State::Idle, panic, State::Idle, vec![]),
    ]);
}

#[test]
fn nothing_runs_while_nothing_can_be_stored() {
    let fails: fn(&mut State) -> Effects<u8> = |state| state.storage_changed(Some(WHY));
    let works: fn(&mut State) -> Effects<u8> = |state| state.storage_changed(None);
    let disconnect = || vec![Effect::Disconnect, PAUSED];
    let still = || paused(Some(closing(RESTART)));
    let starting = State::Starting { restarts: 0 };
    check([
        (connected(), fails, still(), disconnect()),
        (still(), fails, still(), vec![PAUSED]),
        (ending(RESTART), fails, still(), vec![PAUSED]),
        (ending(end()), fails, paused(Some(closing(end()))), disconnect()),
        (waiting(5, 0), fails, paused(None), vec![PAUSED]),
        (State::Idle, fails, State::Idle, vec![]),
        (ended(REASON), fails, ended(REASON), vec![PAUSED]),
        // Events from before the pause are handled first.
        (still(), works, ending(RESTART), vec![]),
        (paused(Some(closing(end()))), works, ending(end()), vec![]),
        (paused(None), works, starting, vec![CONNECTING, Effect::Open]),
        (ended(REASON), works, ended(REASON), vec![RECORD]),
        (connected(), works, connected(), vec![]),
        (State::Idle, works, State::Idle, vec![]),
        // A trouble that is over already costs a reconnection.
        (connected(), |state| state.storage_failed(None), ending(RESTART), disconnect()),
        (connected(), |state| state.storage_failed(Some(WHY)), still(), disconnect()),
    ]);
}

#[test]
fn a_requested_code_has_precedence_over_qrs() {
    let mut state = running(pairing(Dial::default()));
    let next_qr = |state: &mut State| state.phase_mut().and_then(Phase::next_qr);
    let numbers: Vec<_> = (0..7).map(|_| next_qr(&mut state)).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 1].map(Some));
    assert_eq!(state.phase_mut().and_then(|phase| phase.code_shown(now().instant)), None);
    let phone = PhoneNumber::written("+55 61 99812-4471".into());
    let effects = state.in_phase(|phase| phase.request_code(phone.clone()));
    assert_eq!(effects, [Effect::RequestCode(phone.clone())]);
    assert_eq!(next_qr(&mut state), None);
    assert_eq!(state.timer(), None);
    let expiry = now().instant + Duration::from_secs(9);
    assert_eq!(state.phase_mut().and_then(|phase| phase.code_shown(expiry)), Some(&phone));
    assert_eq!(state.timer(), Some((expiry, Timer::CodeExpired)));
    assert_eq!(state.in_phase(Phase::refresh_code), [Effect::RequestCode(phone.clone())]);
    let code = Some(Code { phone: phone.clone(), expires_at: Some(expiry) });
    let phase = Phase::Pairing { dial: Dial::default(), qrs_shown: 2, code };
    assert_eq!(state, running(phase));
    // A scan ends the pairing, with its code and its expiry.
    state.paired();
    assert_eq!((state.timer(), state.is_pairing()), (None, false));
    assert_eq!(state.in_phase(|phase| phase.request_code(phone)), []);
}
