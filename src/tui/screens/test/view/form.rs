//! Draws the form of the flow tester.

use super::super::form::{Form, Item, items, people, redirects, session_only, subject};
use super::super::model::Model;
use crate::change::temporary;
use crate::flow::trace::Way;
use crate::setup::Target;
use crate::text::{Clean, cut_middle, pad};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::confirm;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::rows::{Rows, button, first_row};
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::text::{Line, Span};

pub(super) fn explain(model: &Model, shared: &Shared) -> &'static str {
    match model.item(shared) {
        Some(Item::Way(Way::Probe)) => {
            "Asks Okta how it answers this client; nobody signs in, no password is needed."
        }
        Some(Item::Way(Way::Browser)) => {
            "You sign in as people do. The gateway's callback then meets an answer that it did not ask for."
        }
        Some(Item::Way(Way::Device)) => {
            "A code for any browser, through a native app that is made for this run alone."
        }
        Some(Item::Way(Way::Form)) => "The server's own web page, filled in from here, without scripts.",
        Some(Item::Way(Way::Secret)) => {
            "Sends a made-up code in each way, and a wrong secret for comparison: up to four failed events in the log."
        }
        Some(Item::Way(Way::Battery)) => {
            "Some 25 bad requests; each leaves a refusal in the log. Nobody signs in, nothing is burnt."
        }
        Some(Item::Way(Way::Client)) => {
            "The client asks for a token of its own. MCP servers that run without a person do so."
        }
        Some(Item::Life) => {
            "Whole life: looked up, refreshed, the replaced one tried again, each revoked and looked up again."
        }
        Some(Item::Stepping) => {
            "Step by step: each request waits for x, and can be altered for an experiment."
        }
        Some(Item::Way(Way::Terminal)) => {
            "Password, and a one-time code where Okta asks for it, all in this terminal."
        }
        Some(Item::Redirect)
            if model.form.as_ref().is_some_and(|f| f.on_this_machine(&redirects(shared))) =>
        {
            "Added for this run after your yes, then taken back; a browser here answers."
        }
        Some(Item::Redirect) if unregistered(model, shared) => {
            "The gateway sends this one, and the app does not have it: Okta refuses it until it is added."
        }
        Some(Item::Redirect) => {
            "Where Okta sends the code. oktui never calls it: the gateway would get a code it did not ask for."
        }
        Some(Item::Person(_)) => "Invented people of the demo; Enter takes one with their password.",
        Some(Item::Login) => "Who signs in: a person that the app is assigned to.",
        Some(Item::Password) => "Goes to Okta only, and is not kept. A wrong one counts towards a lock-out.",
        Some(Item::Older) => {
            "Every run that ends is kept on this machine, masked: the last 50 of this client."
        }
        Some(Item::Run) | None => "Every request is shown; nothing in the org's configuration is changed.",
    }
}

/// Whether the app lacks the redirect URI that is chosen.
fn unregistered(model: &Model, shared: &Shared) -> bool {
    let known = redirects(shared);
    let chosen = model.form.as_ref().and_then(|form| known.get(form.chosen(&known)));
    chosen.is_some_and(|redirect| !redirect.registered)
}

pub(super) fn hints(model: &Model, shared: &Shared) -> Vec<(C, &'static str)> {
    if subject(shared).is_none() {
        return vec![(C::Plan, "to the plan"), (C::Back, ""), (C::Help, "")];
    }
    if model.question.is_some() {
        return vec![(C::Yes, "yes"), (C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")];
    }
    if model.editing() {
        return vec![(C::Next, "next field"), (C::Previous, "field before"), (C::Back, "stop editing")];
    }
    let word = match model.item(shared) {
        Some(Item::Run) | None => "run",
        Some(Item::Older) => "list",
        Some(Item::Login | Item::Password) => "edit",
        _ => "choose",
    };
    let mut hints = vec![(C::Open, word), (C::Next, "next"), (C::Again, "run")];
    if model.run.is_some() {
        hints.push((C::View, "last run"));
    }
    hints.extend([(C::Plan, "plan"), (C::HandOver, "values"), (C::Back, ""), (C::Help, "")]);
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    if shared.work.is_none() {
        return rows.push(frame, " No app is being worked on. Esc goes back; choose an app there.");
    }
    if subject(shared).is_none() {
        for line in wrap(&no_subject(shared), rows.cells().saturating_sub(2)) {
            rows.push(frame, Line::raw(format!(" {line}")));
        }
        rows.gap();
        return rows.push(frame, button(theme, "Back to the plan", true));
    }
    let Some(form) = model.shown_form() else { return };
    if let Some(question) = &model.question {
        return confirm::draw(frame, rows, question, theme);
    }
    let lines = lines(form, shared, theme, rows.cells());
    let at = lines.iter().position(|(item, _)| *item == Some(form.item(shared))).unwrap_or(0);
    // The line above the cursor's may be its heading, the two below its explanation: they stay with it.
    let first = first_row((at + 1).min(lines.len().saturating_sub(1)), lines.len(), rows.left());
    for (_, line) in lines.into_iter().skip(first).take(rows.left()) {
        rows.push(frame, line);
    }
}

/// Why there is nothing to test yet. *Not read* is not *not made*.
fn no_subject(shared: &Shared) -> String {
    let Some(work) = shared.work.as_ref().filter(|w| matches!(w.draft.target, Target::Existing(_))) else {
        return "The app is not made yet, so there is nothing to test.".into();
    };
    match &work.loaded {
        Remote::Loading => "Reading the app ...".into(),
        Remote::Failed(trouble, _) => format!("The app could not be read. {} {}", trouble.what, trouble.help),
        Remote::Idle => "The app is not read yet. The plan reads it; or open it in the list of apps.".into(),
        Remote::Ready(_) => {
            "The app has no client ID, or the authorization server of step 5 is not one.".into()
        }
    }
}

/// A way in a few words, and what it is for.
pub(super) fn way(way: Way) -> (&'static str, &'static str) {
    match way {
        Way::Browser => ("browser, and paste back", "any factor; judges the app's own policy"),
        Way::Device => ("device code", "in any browser; a native app stands in"),
        Way::Form => ("the server's web form", "filled in from here"),
        Way::Secret => ("client secret, A/B", "wrong secret, wrong method, wrong encoding?"),
        Way::Battery => ("mistakes and attacks", "what a server must refuse"),
        Way::Client => ("client credentials", "nobody signs in; the client asks for itself"),
        Way::Probe => ("probe without a user", "how far does the configuration carry?"),
        Way::Terminal => ("sign in, in this terminal", "password, then a code where Okta asks"),
    }
}

fn lines(form: &Form, shared: &Shared, theme: Theme, cells: usize) -> Vec<(Option<Item>, Line<'static>)> {
    let on = form.item(shared);
    let marker = |item: Item| if item == on { theme.marker() } else { " " };
    let style = |item: Item| if item == on { theme.focus() } else { theme.text() };
    let mut lines = Vec::new();
    for item in items(form, shared) {
        match item {
            Item::Way(way) => {
                let chosen = if way == form.way { "(x)" } else { "( )" };
                let (name, means) = self::way(way);
                lines.push((
                    Some(item),
                    Line::from(vec![
                        Span::raw(format!(" {} {chosen} ", marker(item))),
                        Span::styled(pad(name, 28), style(item)),
                        Span::styled(means, theme.quiet()),
                    ]),
                ));
            }
            Item::Redirect => {
                if form.way == Way::Terminal && session_only(shared) {
                    // In one line, so that all of the form is seen at 80x24.
                    let line = "       On Identity Engine: judges the session policy, not the app's own.";
                    lines.push((None, Line::styled(line, theme.warn())));
                }
                lines.push(redirect(form, shared, theme, item == on, cells));
                lines.push(scopes(shared, theme, cells));
            }
            Item::Life => {
                let life = if form.whole_life { "whole life" } else { "used once" };
                let means = "then revoked; Space or Right changes it";
                lines.push((
                    Some(item),
                    Line::from(vec![
                        Span::raw(format!(" {} Tokens        ", marker(item))),
                        Span::styled(pad(life, 17), style(item)),
                        Span::styled(means, theme.quiet()),
                    ]),
                ));
            }
            Item::Stepping => {
                let pace = if form.stepping { "step by step" } else { "at once" };
                let means =
                    if form.stepping { "each waits for your x" } else { "Space or Right: step by step" };
                lines.push((
                    Some(item),
                    Line::from(vec![
                        Span::raw(format!(" {} Requests      ", marker(item))),
                        Span::styled(pad(pace, 17), style(item)),
                        Span::styled(means, theme.quiet()),
                    ]),
                ));
            }
            Item::Person(at) => {
                if let Some(person) = people(shared).get(at) {
                    let code = person
                        .code
                        .as_ref()
                        .map_or(String::new(), |c| format!(", code now {}", Clean::new(c.expose())));
                    lines.push((
                        Some(item),
                        Line::from(vec![
                            Span::raw(format!(" {}   ", marker(item))),
                            Span::styled(pad(person.login.as_str(), 28), style(item)),
                            Span::styled(format!("{}{code}", person.note), theme.quiet()),
                        ]),
                    ));
                }
            }
            Item::Login => {
                lines.push((Some(item), field(theme, "Login   ", &form.login, item == on, form.open, cells)))
            }
            Item::Password => {
                lines.push((
                    Some(item),
                    field(theme, "Password", &form.password, item == on, form.open, cells),
                ));
            }
            // Both buttons stand in one line.
            Item::Run => {
                let mut line = button(theme, "Run", item == on);
                let older = button(theme, "Runs of before", on == Item::Older);
                line.spans.push(Span::raw("   "));
                line.spans.extend(older.spans);
                lines.push((Some(if on == Item::Older { on } else { item }), line));
            }
            Item::Older => {}
        }
    }
    lines
}

fn redirect(
    form: &Form,
    shared: &Shared,
    theme: Theme,
    on: bool,
    cells: usize,
) -> (Option<Item>, Line<'static>) {
    let uris = redirects(shared);
    let (choices, at) = (form.choices(uris.len()), form.chosen(&uris));
    let own = form.on_this_machine(&uris);
    let own_uri = || (Clean::new("here"), Clean::new(&temporary::uri(temporary::PORT)));
    let (name, uri) = uris.get(at).map_or_else(
        || if own { own_uri() } else { (Clean::default(), Clean::new("none yet: step 3 adds one")) },
        |r| (Clean::new(&r.environment), Clean::new(&r.uri)),
    );
    let lacks = uris.get(at).is_some_and(|r| !r.registered);
    let name = if choices > 1 { format!("{name} ({} of {choices})", at + 1) } else { name.to_string() };
    let marker = if on { theme.marker() } else { " " };
    let room = cells.saturating_sub(34);
    (
        Some(Item::Redirect),
        Line::from(vec![
            Span::raw(format!(" {marker} Redirect URI  ")),
            Span::styled(pad(&name, 17), if on { theme.focus() } else { theme.text() }),
            Span::styled(cut_middle(uri.as_str(), room), if lacks { theme.warn() } else { theme.text() }),
        ]),
    )
}

fn scopes(shared: &Shared, theme: Theme, cells: usize) -> (Option<Item>, Line<'static>) {
    let setup = shared.work.as_ref().map(|w| &w.draft.setup);
    let scopes = setup.map(|s| s.authorization_server.scopes.join(" ")).unwrap_or_default();
    let server = subject(shared).map_or(String::new(), |s| s.server.as_str().to_owned());
    let line = format!("   Scopes        {}   server {}", Clean::new(&scopes), Clean::new(&server));
    (None, Line::styled(crate::text::cut_end(&line, cells), theme.quiet()))
}

fn field(theme: Theme, label: &str, field: &Field, on: bool, open: bool, cells: usize) -> Line<'static> {
    let (shown, cursor) = field.shown(cells.saturating_sub(20).clamp(1, 40));
    let marker = if on { theme.marker() } else { " " };
    let mut spans = vec![Span::raw(format!(" {marker} {label}   ["))];
    if on && open {
        let left: String = shown.chars().take(cursor).collect();
        let right: String = shown.chars().skip(cursor + 1).collect();
        spans.extend([
            Span::styled(left, theme.focus()),
            Span::styled("_", theme.key()),
            Span::styled(right, theme.focus()),
        ]);
    } else {
        spans.push(Span::styled(shown, if on { theme.focus() } else { theme.text() }));
    }
    spans.push(Span::raw("]"));
    Line::from(spans)
}
