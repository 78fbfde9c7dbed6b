//! A write in full, in lines of words: who, why, before and after, the call, and the way back.

use crate::change::undo::{State, Written};
use crate::text::{Clean, clean_block, time};

/// The lines; a name before the first of each.
pub(super) fn lines(written: &Written) -> Vec<(&'static str, String)> {
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    let mut say = |name: &'static str, text: String| {
        for (i, line) in clean_block(&text).split('\n').enumerate() {
            if !line.trim().is_empty() {
                lines.push((if i == 0 { name } else { "" }, line.to_owned()));
            }
        }
    };
    let by = if written.who.as_str().is_empty() { String::new() } else { format!(" by {}", written.who) };
    say("when", format!("{}{by}", time::utc(written.at)));
    say("reason", Clean::new(&written.reason).to_string());
    let app = written.app.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    say("app", format!("{}{app}", written.label));
    say("org", Clean::new(&written.org).to_string());
    say("plan", format!("{}, change {}", written.plan.0, written.in_plan));
    say("outcome", written.word().to_owned());
    if let State::Failed { why } = &written.state {
        say("", why.to_string());
    }
    if let Some(id) = &written.request_id {
        say("request id", format!("{id}  (names the call in Okta's System Log)"));
    }
    if !written.undoes.is_empty() {
        let numbers: Vec<String> = written.undoes.iter().map(|n| format!("#{n}")).collect();
        say("undoes", numbers.join(", "));
    }
    say("way back", written.way_back_words());
    for (i, field) in written.differences().iter().enumerate() {
        let name = if i == 0 { "changed" } else { "" };
        say(name, field.words());
    }
    if let Some(request) = written.request() {
        say("call", format!("{} {}", request.method, request.path));
        if let Some(body) = request.body {
            say("", serde_json::to_string_pretty(&body).unwrap_or_default());
        }
    }
    lines
}
