//! Okta's System Log beside a run: asked for when its tab is opened, and again with growing pauses while the screen is open, since Okta
//! stores events late.

use super::run::Run;
use crate::flow::trace::{Text, Way};
use crate::okta::model::LogResult;
use crate::run::job::{Belongs, Job, LoggedRun, RunEvent, Slot, Trouble};
use crate::text::plural;
use crate::tui::effect::Effect;
use crate::tui::shared::Shared;
use jiff::{SignedDuration, Timestamp};

/// The tab.
pub(super) const TAB: usize = 5;
/// Seconds between one look and the next: a free org lets a token ask ten times a minute.
const PAUSES: [u64; 4] = [6, 12, 24, 48];

/// What the log said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Log {
    pub events: Vec<RunEvent>,
    /// How often it was asked.
    pub asked: usize,
    /// When it is asked again.
    pub due: Option<Timestamp>,
    pub reading: bool,
    pub trouble: Option<Trouble>,
}

/// Asks when the tab is opened: for the first time, or anew where the last look was the last of its own.
pub(super) fn open(run: &mut Run, shared: &mut Shared) -> Vec<Effect> {
    if run.tab != TAB {
        return Vec::new();
    }
    match &mut run.log {
        Some(log) if log.reading || log.due.is_some() => Vec::new(),
        log => {
            if let Some(log) = log {
                log.asked = 0;
            }
            ask(run, shared)
        }
    }
}

/// The screen is shown again: goes on where it was left.
pub(super) fn shown(run: &mut Run, shared: &mut Shared) -> Vec<Effect> {
    let Some(due) = run.log.as_ref().filter(|log| !log.reading).and_then(|log| log.due) else {
        return Vec::new();
    };
    let left = u64::try_from(due.duration_since(shared.now).as_millis()).unwrap_or(0);
    if left > 0 { vec![Effect::Wake(left)] } else { tick(run, shared) }
}

/// Asks again when it is time.
pub(super) fn tick(run: &mut Run, shared: &mut Shared) -> Vec<Effect> {
    let due = run.log.as_ref().filter(|log| !log.reading).and_then(|log| log.due);
    match due {
        Some(due) if due <= shared.now => ask(run, shared),
        _ => Vec::new(),
    }
}

fn ask(run: &mut Run, shared: &mut Shared) -> Vec<Effect> {
    let Some(wanted) = wanted(run) else { return Vec::new() };
    let log = run.log.get_or_insert_default();
    (log.reading, log.due, log.trouble) = (true, None, None);
    vec![shared.start(Slot::Log, Job::LoadRunLog(Box::new(wanted)))]
}

/// What identifies the run in the log; nothing before it has ended.
fn wanted(run: &Run) -> Option<LoggedRun> {
    let trace = run.trace.as_ref().filter(|_| run.ended)?;
    let took = SignedDuration::from_millis(i64::try_from(run.whole_ms()).unwrap_or(i64::MAX));
    let id = |hop: &crate::flow::trace::Hop| {
        let headers = &hop.exchange.as_ref()?.response_headers;
        let (_, value) =
            headers.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case("x-okta-request-id"))?;
        Some((value.masked().as_str().into(), hop.number))
    };
    Some(LoggedRun {
        client: run.request.client_id.clone(),
        // A run of before names nobody.
        login: (run.request.way == Way::Terminal && run.older.is_none())
            .then(|| run.request.login.as_str().into()),
        began: trace.began,
        ended: trace.began.checked_add(took).unwrap_or(trace.began),
        requests: run.hops.iter().filter_map(id).collect(),
    })
}

/// Takes what came; late ones come at the next look.
pub(super) fn take(run: &mut Run, shared: &Shared, events: Vec<RunEvent>) -> Vec<Effect> {
    let Some(log) = &mut run.log else { return Vec::new() };
    (log.events, log.reading) = (events, false);
    let pause = PAUSES.get(log.asked).copied();
    log.asked += 1;
    let Some(seconds) = pause else { return Vec::new() };
    let pause = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
    log.due = shared.now.checked_add(pause).ok();
    vec![Effect::Wake(seconds * 1_000)]
}

/// It could not be read.
pub(super) fn failed(run: &mut Run, trouble: Trouble) {
    if let Some(log) = &mut run.log {
        (log.trouble, log.reading, log.due) = (Some(trouble), false, None);
    }
}

/// What stands in the tab.
pub(super) fn lines(run: &Run) -> Vec<Text> {
    let Some(log) = &run.log else {
        return vec![Text::plain("Okta's log is asked when the run has ended.")];
    };
    if let Some(trouble) = &log.trouble {
        return vec![
            Text::plain(&format!("Okta's log could not be read: {}", trouble.what)),
            Text::plain(trouble.help.as_str()),
        ];
    }
    let more = match (log.reading, log.due) {
        (true, _) if log.asked == 0 => "Asking Okta's log …",
        (true, _) | (_, Some(_)) => "Some come late: asked again by itself.",
        (_, None) => "No more is likely to come; opening this tab again asks again.",
    };
    let count = match (log.events.len(), log.asked) {
        (0, 0) => String::new(),
        (0, _) => "No event of this run yet. ".to_owned(),
        (n, _) => format!("{} of this run (UTC). ", plural(n, "event")),
    };
    let mut lines = vec![Text::plain(&format!("{count}{more}"))];
    lines.extend(log.events.iter().flat_map(event));
    lines
}

fn event(found: &RunEvent) -> Vec<Text> {
    let event = &found.event;
    let by = match found.by {
        Belongs::Hop(hop) => format!("hop {hop}"),
        Belongs::Client => "same client".into(),
        Belongs::Person => "same person".into(),
    };
    let result = match &event.result {
        LogResult::Success => "SUCCESS",
        LogResult::Failure => "FAILURE",
        LogResult::Other(other) => other.as_str(),
    };
    let at = event.published.strftime("%H:%M:%S");
    let mut lines = vec![Text::plain(&format!("{at}  {result:<8} {}   ({by})", event.kind))];
    let mut say = |name: &str, text: &str| {
        if !text.is_empty() {
            lines.push(Text::plain(&format!("          {name} {text}")));
        }
    };
    say("reason:", event.reason.as_ref().map_or("", |r| r.as_str()));
    say("redirect URI:", event.redirect_uri.as_ref().map_or("", |u| u.as_str()));
    if found.by != Belongs::Person {
        say("who:", event.actor_login.as_ref().map_or("", |a| a.as_str()));
    }
    lines
}
