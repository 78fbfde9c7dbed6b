//! Draws what stands over the lists.

use super::super::detail::{GroupView, PersonView, WhyView};
use crate::okta::model::{LogResult, Readable};
use crate::policy::why::Verdict;
use crate::text::{Clean, pad, time};
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::trouble;
use crate::tui::widgets::wrap::wrap;
use ratatui::text::{Line, Span};

/// Lines of a body.
type Lines = Vec<Line<'static>>;

fn rows(theme: Theme, cells: usize, head: &str, text: &str) -> Lines {
    let words = wrap(text, cells.saturating_sub(16).max(1));
    words
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let head = if at == 0 { head } else { "" };
            Line::from(vec![Span::styled(format!(" {}", pad(head, 14)), theme.quiet()), Span::raw(line)])
        })
        .collect()
}

/// Something that may not be readable, in words: *forbidden* is not *nothing there*.
fn told<T>(value: &Readable<T>, words: impl FnOnce(&T) -> String) -> String {
    match value {
        Readable::Known(value) => words(value),
        Readable::Forbidden(e) => format!("not readable with this token: {e}"),
        Readable::Failed(e) => format!("could not be read: {e}"),
        Readable::NotAsked => "not asked for".into(),
    }
}

impl PersonView {
    pub(in super::super) fn lines(&self, shared: &Shared, theme: Theme, cells: usize) -> Lines {
        let mut out =
            vec![Line::styled(format!(" {}   {}", self.name, self.login), theme.title()), Line::raw("")];
        let detail = match &self.detail {
            Remote::Ready(detail) => detail,
            Remote::Failed(t, _) => {
                out.extend(trouble::lines(theme, "FAIL", t, "r reads again.", cells));
                return out;
            }
            Remote::Idle | Remote::Loading => {
                out.push(Line::styled(" Reading.".to_owned(), theme.quiet()));
                return out;
            }
        };
        let person = &detail.person;
        let mut say = |head: &str, text: &str| out.extend(rows(theme, cells, head, text));
        let last = person.last_login.map_or("never signed in to anything".into(), |at| {
            format!("last sign-in to anything {}", time::ago(at, shared.now))
        });
        say("account", &format!("{}; {last}", person.status.words()));
        if person.email != person.login {
            say("e-mail", person.email.as_str());
        }
        let assigned: Vec<&str> = shared
            .work
            .as_ref()
            .and_then(|w| w.loaded.value()?.groups.known())
            .into_iter()
            .flatten()
            .map(|g| g.id.as_str())
            .collect();
        let through: Vec<&str> = detail
            .groups
            .known()
            .into_iter()
            .flatten()
            .filter(|g| assigned.contains(&g.id.as_str()))
            .map(|g| g.name.as_str())
            .collect();
        let by_groups =
            if through.is_empty() { String::new() } else { format!("through {}", through.join(", ")) };
        let new = matches!(detail.app_user, Readable::NotAsked);
        let app = told(&detail.app_user, |user| match user {
            None if through.is_empty() => "not assigned".into(),
            None => by_groups.clone(),
            Some(user) => {
                let direct = user.via == crate::okta::model::Assigned::Directly;
                let ways: Vec<String> = direct
                    .then(|| "assigned by name".to_owned())
                    .into_iter()
                    .chain((!by_groups.is_empty()).then(|| by_groups.clone()))
                    .collect();
                let ways = if ways.is_empty() { "through a group".into() } else { ways.join(", ") };
                let name = user.user_name.as_ref().map_or("no name".into(), Clean::to_string);
                format!("{ways}; the app calls them {name}")
            }
        });
        say("this app", if new { "not in Okta yet; the plan makes it" } else { app.as_str() });
        say(
            "groups",
            &told(&detail.groups, |groups| {
                groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>().join(", ")
            }),
        );
        say(
            "factors",
            &told(&detail.factors, |factors| match factors.as_slice() {
                [] => "none enrolled".into(),
                some => some
                    .iter()
                    .map(|f| format!("{} ({}, {})", f.kind, f.provider, f.status))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        );
        match &detail.events {
            Readable::Known(events) if !events.is_empty() => {
                for (at, event) in events.iter().enumerate() {
                    let result = match &event.result {
                        LogResult::Success => "success".to_owned(),
                        LogResult::Failure => "FAILURE".to_owned(),
                        LogResult::Other(word) => word.to_string(),
                    };
                    let reason = event.reason.as_ref().map_or(String::new(), |r| format!(", {r}"));
                    let when = time::utc(event.published);
                    let text = format!("{when}  {}: {result}{reason}", event.kind);
                    say(if at == 0 { "last events" } else { "" }, &text);
                }
            }
            Readable::NotAsked => {}
            other => say("last events", &told(other, |_| "none in the last 90 days".into())),
        }
        out
    }
}

impl GroupView {
    pub(in super::super) fn lines(&self, shared: &Shared, theme: Theme, cells: usize) -> Lines {
        let mut out = vec![Line::styled(format!(" {}", self.name), theme.title()), Line::raw("")];
        match &self.detail {
            Remote::Ready(detail) => {
                let mut say = |head: &str, text: &str| out.extend(rows(theme, cells, head, text));
                if let Some(about) = &detail.group.description {
                    say("about", about.as_str());
                }
                say("members", &detail.group.members.map_or("not counted".into(), |n| n.to_string()));
                let app = told(&detail.app_group, |group| match group {
                    None => "not assigned".into(),
                    Some(group) => group
                        .priority
                        .map_or("assigned".into(), |p| format!("assigned, priority {p} (0 is the highest)")),
                });
                say("this app", &app);
                if detail.group.is_everyone() {
                    say("", "The built-in group of everybody, found by its type.");
                }
            }
            Remote::Failed(t, _) => out.extend(trouble::lines(theme, "FAIL", t, "r reads again.", cells)),
            Remote::Idle | Remote::Loading => out.push(Line::styled(" Reading.".to_owned(), theme.quiet())),
        }
        out.push(Line::raw(""));
        for user in &self.members {
            let row = format!(
                "   {} {} {}",
                pad(user.name.as_str(), 24),
                pad(user.login.as_str(), 30),
                user.status.words()
            );
            out.push(Line::raw(row));
        }
        match (&self.trouble, self.complete) {
            (Some(t), _) => out.extend(trouble::lines(theme, "NOTE", t, "", cells)),
            (None, false) => out.push(Line::styled(" Reading its members.".to_owned(), theme.quiet())),
            (None, true) if self.members.is_empty() => {
                out.push(Line::styled(" Nobody is in it.".to_owned(), theme.quiet()));
            }
            (None, true) => {}
        }
        let _ = shared;
        out
    }
}

impl WhyView {
    pub(in super::super) fn lines(&self, app: &str, theme: Theme, cells: usize) -> Lines {
        let mut out =
            vec![Line::styled(format!(" {}   {}", self.name, self.login), theme.title()), Line::raw("")];
        let why = match &self.why {
            Remote::Ready(why) => why,
            Remote::Failed(t, _) => {
                out.extend(trouble::lines(theme, "FAIL", t, "r reads again.", cells));
                return out;
            }
            Remote::Idle | Remote::Loading => {
                out.push(Line::styled(
                    " Asking Okta: status, assignment, policies, factors.".to_owned(),
                    theme.quiet(),
                ));
                return out;
            }
        };
        let sentence = why.sentence(&self.login, app);
        let style = match why.can_sign_in() {
            Some(true) => theme.good(),
            Some(false) => theme.bad(),
            None => theme.text(),
        };
        out.extend(
            wrap(&sentence, cells.saturating_sub(2))
                .into_iter()
                .map(|l| Line::styled(format!(" {l}"), style)),
        );
        out.push(Line::raw(""));
        for (at, line) in why.lines.iter().enumerate() {
            let marker = if at == self.cursor { theme.marker() } else { " " };
            let style = match line.verdict {
                Verdict::Fail => theme.bad(),
                Verdict::Pass => theme.good(),
                Verdict::NotReadable | Verdict::NotJudged => theme.warn(),
            };
            let room = cells.saturating_sub(32).max(1);
            for (n, text) in wrap(&line.saw, room).into_iter().enumerate() {
                let head = if n == 0 { line.question.words() } else { "" };
                let verdict = if n == 0 { line.verdict.words() } else { "" };
                out.push(Line::from(vec![
                    Span::raw(format!(" {} ", if n == 0 { marker } else { " " })),
                    Span::raw(pad(head, 15)),
                    Span::styled(pad(verdict, 13), style),
                    Span::raw(text),
                ]));
            }
            if let Some(remedy) = &line.remedy {
                let words = format!("fix: {}", remedy.sentence());
                for text in wrap(&words, room) {
                    out.push(Line::styled(format!("{}{text}", " ".repeat(31)), theme.text()));
                }
            }
        }
        out
    }
}
