//! What keys and answers do to the flow tester's screen.

use super::super::{Go, Msg, Next, Route};
use super::form::{self, Form, Item, people};
use super::model::Model;
use super::run::{Row, Run, TABS};
use super::{cause, detail, history, log, stepping, unmasked};
use crate::change::side::side_name;
use crate::flow;
use crate::flow::trace::{HoleId, Hop, Step, Verdict};
use crate::okta::model::{ClientSecret, Readable};
use crate::run::job::{Job, Need, Outcome, Slot, TestRequest};
use crate::secret::Secret;
use crate::setup::Target;
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;
use jiff::SignedDuration;

/// For how long a revealed value stays in the open, in milliseconds.
const SHOWN_MS: u64 = 20_000;
/// Runs that are kept to compare with.
const MOST_PAST: usize = 20;
/// Lines that a page key moves the detail: as many as are seen of it at 80x24.
const PAGE: isize = 5;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(key) if model.shown_run().is_some() => run_key(model, shared, key),
        Msg::Edit(key) => form_key(model, shared, key),
        Msg::Paste(text) => {
            paste(model, shared, &text);
            Next::none()
        }
        Msg::Command(id) if model.question.is_some() => answer(model, shared, id),
        Msg::Command(id) if model.shown_run().is_some() => run_command(model, shared, id),
        Msg::Command(id) if model.shown_history().is_some() => history::command(model, shared, id),
        Msg::Command(id) => form_command(model, shared, id),
        Msg::Done(slot, outcome) => done(model, shared, slot, outcome),
        Msg::Tick => tick(model, shared),
    }
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    let app = form::subject(shared).map(|s| s.app);
    let running = model.run.as_ref().is_some_and(|run| !run.ended);
    if model.app != app && !running {
        *model = Model { app, runs: model.runs, secret: model.secret.take(), ..Model::default() };
    }
    if let Some(run) = &mut model.run {
        run.revealed = None;
    }
    if model.form.is_none() {
        model.form = Some(Form::new(shared));
    }
    if let (Some(login), false) = (shared.test_as.take(), running) {
        let mut form = Form::new(shared);
        form.sign_in_as(&login, shared);
        (model.form, model.run) = (Some(form), None);
    }
    if let Some(work) = shared.work.as_mut().filter(|w| w.applied.is_none()) {
        work.draft.step = 8;
    }
    let again = shared.mending.as_mut().filter(|m| Some(&m.app) == model.app.as_ref());
    if again.is_some_and(|mending| std::mem::take(&mut mending.again)) {
        return start(model, shared);
    }
    match &mut model.run {
        Some(run) => Next::effects(log::shown(run, shared)),
        None => Next::none(),
    }
}

fn done(model: &mut Model, shared: &mut Shared, slot: Slot, outcome: Outcome) -> Next {
    match (slot, outcome) {
        (Slot::Secrets, Outcome::Secrets(Readable::Known(secrets))) => {
            // Only the app that the hand-over has read it for; another app's request reads its own.
            let existing = shared.work.as_ref().and_then(|w| match &w.draft.target {
                Target::Existing(id) => Some(id.clone()),
                Target::New => None,
            });
            if existing.is_some() && (model.app.is_none() || model.app == existing) {
                model.app = existing;
                model.secret = newest(secrets);
            }
        }
        (Slot::Runs, outcome) => history::done(model, shared, outcome),
        (Slot::Test, outcome) => return run_event(model, shared, outcome),
        (Slot::Cause, Outcome::Answered(evidence)) => {
            let Some(run) = &mut model.run else { return Next::none() };
            return cause::found(run, shared, &evidence);
        }
        (Slot::Cause, Outcome::Failed(trouble)) => {
            if let Some(run) = &mut model.run {
                cause::failed(run, shared, &trouble);
            }
        }
        (Slot::Log, Outcome::RunLog(events)) => {
            let Some(run) = &mut model.run else { return Next::none() };
            return Next::effects(log::take(run, shared, events));
        }
        (Slot::Log, Outcome::Failed(trouble)) => {
            if let Some(run) = &mut model.run {
                log::failed(run, trouble);
            }
        }
        (Slot::Reveal, Outcome::Revealed(id, secret)) => {
            let span = SignedDuration::from_millis(i64::try_from(SHOWN_MS).unwrap_or(i64::MAX));
            let until = shared.now.checked_add(span);
            if let (Some(run), Ok(until)) = (&mut model.run, until) {
                run.revealed = Some((id, secret, until));
                return Next::effects([Effect::Wake(SHOWN_MS)]);
            }
        }
        (Slot::Reveal, Outcome::Failed(trouble)) => {
            shared.notice = Some(format!("{} {}", trouble.what, trouble.help))
        }
        (Slot::Save, Outcome::Saved(path)) => {
            let masked = model.run.as_ref().is_none_or(|run| run.saved);
            shared.notice = Some(match masked {
                true => format!("Saved, masked (e again: with its secrets): {path}"),
                false => format!("Saved WITH ITS SECRETS, for you only: {path}"),
            });
        }
        _ => {}
    }
    Next::none()
}

fn newest(secrets: Vec<ClientSecret>) -> Option<Secret> {
    secrets
        .into_iter()
        .filter(|s| s.active && s.value.is_some())
        .max_by_key(|s| s.created)
        .and_then(|s| s.value)
}

fn run_event(model: &mut Model, shared: &mut Shared, outcome: Outcome) -> Next {
    let Some(run) = &mut model.run else { return Next::none() };
    match outcome {
        Outcome::Hop(hop) => {
            // The browser's answer came by itself.
            if run.need.as_ref().is_some_and(|need| answered(need, &hop)) {
                run.need = None;
                run.open = false;
            }
            run.take(*hop);
        }
        Outcome::Need(need) => {
            // The address is read and copied first, so its field is closed; a paste opens it.
            run.open = need.open.is_none() && need.code.is_none();
            run.passcode = if run.open { Field::secret() } else { Field::default() };
            run.need = Some(need);
            run.factor = 0;
        }
        Outcome::Paused(pause) => stepping::stopped(run, *pause),
        Outcome::Tested(trace) => {
            run.end(*trace);
            let mended = shared.mending.take_if(|m| m.applied && m.app == run.request.app);
            run.before = mended.map(|mending| mending.failed);
            if run.request.temporary.is_some() {
                shared.notice = Some(format!("{} was taken back from the app.", run.request.redirect_uri));
            }
            if run.request.side {
                shared.notice = Some(format!(
                    "The app \"{}\" was deleted again.",
                    Clean::new(&side_name(run.request.label.as_str()))
                ));
            }
            if run.sign_in_refused()
                && let Some(form) = &mut model.form
            {
                form.password = Field::secret();
            }
        }
        Outcome::NotKept(trouble) => {
            shared.notice =
                Some(format!("The history does not have this run: {} {}", trouble.what, trouble.help));
        }
        Outcome::Failed(trouble) => {
            run.ended = true;
            (run.need, run.paused) = (None, None);
            run.open = false;
            run.trouble = Some(trouble);
            run.cursor = run.rows().len().saturating_sub(1);
        }
        _ => {}
    }
    Next::none()
}

/// Whether a hop shows that what a browser was to do is done. Before a device is approved the server is asked again and again.
fn answered(need: &Need, hop: &Hop) -> bool {
    match need.code {
        Some(_) => hop.step != Step::SignIn && !matches!(hop.verdict, Verdict::NotRun),
        None => need.open.is_some(),
    }
}

fn tick(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(run) = &mut model.run else { return Next::none() };
    let asked = log::tick(run, shared);
    if !asked.is_empty() {
        return Next::effects(asked);
    }
    let Some((_, _, until)) = &run.revealed else { return Next::none() };
    let left = until.duration_since(shared.now).as_millis();
    if left > 0 {
        return Next::effects([Effect::Wake(u64::try_from(left).unwrap_or(SHOWN_MS).min(SHOWN_MS))]);
    }
    run.revealed = None;
    Next::none()
}

fn paste(model: &mut Model, shared: &Shared, text: &str) {
    let run = model.run.as_mut().filter(|_| !model.on_form);
    if let Some(run) =
        run.filter(|run| run.need.as_ref().is_some_and(|need| need.open.is_some() && need.code.is_none()))
    {
        run.open = true;
        run.passcode = Field::default();
        run.passcode.paste(text);
        return;
    }
    if !model.editing() {
        return;
    }
    if model.on_form || model.run.is_none() {
        if let Some(field) = model.form.as_mut().and_then(|form| form.field(shared)) {
            field.paste(text);
        }
    } else if let Some(run) = &mut model.run {
        let typed = run.paused.as_mut().and_then(|paused| paused.field.as_mut());
        match (&mut run.unmasked, typed) {
            (Some(asked), _) => asked.field.paste(text),
            (None, Some(typed)) => typed.field().paste(text),
            (None, None) => run.passcode.paste(text),
        };
    }
}

fn form_key(model: &mut Model, shared: &Shared, key: Key) -> Next {
    let Some(form) = &mut model.form else { return Next::none() };
    match key {
        Key::Enter | Key::Down => step(form, shared, 1),
        Key::Up => step(form, shared, -1),
        key => {
            if let Some(field) = form.field(shared) {
                field.key(key);
            }
        }
    }
    Next::none()
}

/// To the next row or the one before; from field to field the next one opens.
fn step(form: &mut Form, shared: &Shared, by: isize) {
    let rows = form::items(form, shared).len();
    form.cursor = (form.cursor + rows).saturating_add_signed(by) % rows.max(1);
    let item = form.item(shared);
    form.open = form.open && matches!(item, Item::Login | Item::Password);
}

fn form_command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match id {
        C::HandOver | C::PreviousStep => return Next::go(Go::Instead(Route::HandOver)),
        C::Plan => return Next::go(Go::Instead(Route::Plan)),
        C::Again => return start(model, shared),
        _ => {}
    }
    let has_run = model.run.is_some();
    let Some(form) = &mut model.form else { return back_or_none(id) };
    let last = form::items(form, shared).len().saturating_sub(1);
    match id {
        C::Up => form.cursor = form.cursor.saturating_sub(1),
        C::Down => form.cursor = (form.cursor + 1).min(last),
        C::Next => tab(form, shared, 1),
        C::Previous => tab(form, shared, -1),
        C::Top | C::PageUp => form.cursor = 0,
        C::Bottom | C::PageDown => form.cursor = last,
        C::Left => turn(form, shared, -1),
        C::Right => turn(form, shared, 1),
        C::Open | C::Mark => return form_open(model, shared),
        C::View if has_run => model.on_form = false,
        C::Back if form.open => form.open = false,
        C::Back => return Next::go(Go::Back),
        _ => {}
    }
    Next::none()
}

fn back_or_none(id: C) -> Next {
    if id == C::Back { Next::go(Go::Back) } else { Next::none() }
}

/// Tab opens the field that it comes to.
fn tab(form: &mut Form, shared: &Shared, by: isize) {
    step(form, shared, by);
    form.open = matches!(form.item(shared), Item::Login | Item::Password);
}

fn turn(form: &mut Form, shared: &mut Shared, by: isize) {
    match form.item(shared) {
        Item::Redirect => {
            let known = form::redirects(shared);
            let count = form.choices(known.len());
            form.redirect = Some((form.chosen(&known) + count).saturating_add_signed(by) % count);
            if count == 1 {
                shared.notice = Some(
                    "There is one redirect URI; step 3 adds others. A run by browser can have one of this machine's.".into(),
                );
            }
        }
        Item::Life => form.whole_life = !form.whole_life,
        Item::Stepping => form.stepping = !form.stepping,
        Item::Way(_) => {
            let ways = form::ways(!people(shared).is_empty());
            let at = ways.iter().position(|way| *way == form.way).unwrap_or(0);
            let way = ways.get((at + ways.len()).saturating_add_signed(by) % ways.len()).copied();
            let way = way.unwrap_or(form.way);
            form.way = way;
            form.go_to(shared, Item::Way(way));
        }
        _ => {}
    }
}

fn form_open(model: &mut Model, shared: &mut Shared) -> Next {
    if form::subject(shared).is_none() {
        return start(model, shared);
    }
    let Some(form) = &mut model.form else { return Next::none() };
    match form.item(shared) {
        Item::Way(way) => {
            form.way = way;
            form.go_to(shared, Item::Way(way));
        }
        Item::Redirect | Item::Life | Item::Stepping => turn(form, shared, 1),
        Item::Person(at) => {
            if let Some(person) = people(shared).get(at) {
                form.fill(person);
                form.go_to(shared, Item::Run);
            }
        }
        Item::Login | Item::Password => form.open = true,
        Item::Run => return start(model, shared),
        Item::Older => return history::open(model, shared),
    }
    Next::none()
}

/// Starts a run, unless one goes on or something is missing: then the cursor goes there.
fn start(model: &mut Model, shared: &mut Shared) -> Next {
    if model.run.as_ref().is_some_and(|run| !run.ended) {
        return Next::none();
    }
    if form::subject(shared).is_none() {
        return Next::go(Go::Instead(Route::Plan));
    }
    history::leave(model);
    model.history = None;
    let Some(form) = &mut model.form else { return Next::none() };
    match form::request(form, shared, model.secret.as_ref(), model.runs + 1) {
        Err((item, sentence)) => {
            model.from = None;
            form.go_to(shared, item);
            form.open = matches!(item, Item::Login | Item::Password);
            model.on_form = true;
            shared.notice = Some(sentence.into());
            Next::none()
        }
        Ok(request) if (request.temporary.is_some() || request.side) && !model.agreed => {
            model.on_form = true;
            ask_for_temporary(model, shared, &request);
            Next::none()
        }
        Ok(mut request) => {
            model.agreed = false;
            if let (Some(from), Some(_)) = (model.from.take(), request.stepping) {
                request.stepping = Some(from);
            }
            model.runs += 1;
            model.on_form = false;
            model.app = Some(request.app.clone());
            // What is kept for the screen has no password: it goes to the runner, once.
            let mut kept = request.clone();
            kept.password = None;
            kept.secret = None;
            if let Some(trace) = model.run.as_mut().and_then(|run| run.trace.take()) {
                model.past.insert(0, trace);
                model.past.truncate(MOST_PAST);
            }
            let tab = model.run.as_ref().map_or(0, |run| run.tab);
            let sequence = model.run.as_ref().is_some_and(|run| run.sequence);
            model.run = Some(Run { tab, sequence, ..Run::new(kept) });
            Next::effects([shared.start(Slot::Test, Job::Test(Box::new(request)))])
        }
    }
}

/// Asks whether this run may write what it needs: a redirect URI of this machine, or a native app; or says why it may not.
fn ask_for_temporary(model: &mut Model, shared: &mut Shared, request: &TestRequest) {
    let session = shared.session.as_ref();
    let refused = match (session.is_some_and(|s| s.read_only), session.is_some_and(|s| s.prod), request.side)
    {
        (true, _, false) => {
            "This session is read-only: choose a redirect URI of the app, and paste the answer back."
        }
        (true, _, true) => {
            "This session is read-only: a device code needs an app of its own. Choose another way."
        }
        (false, true, false) => {
            "This org is marked as production: oktui test --this-machine asks for more than a yes. Or paste the answer back."
        }
        (false, true, true) => {
            "This org is marked as production: oktui test --side-app asks for more than a yes. Or choose another way."
        }
        (false, false, false) => {
            model.question = Some(Question::new(
                format!(
                    "Writes to Okta: adds {} to the redirect URIs of \"{}\" for this run. It is taken back after it, and at the next start if \
                     oktui is killed before.",
                    request.redirect_uri, request.label
                ),
                "Yes, add it and run",
            ));
            return;
        }
        (false, false, true) => {
            model.question = Some(Question::new(
                format!(
                    "Writes to Okta: makes the native app \"{}\" for this run, with the assignments and policies of \"{}\", since \
                     Okta gives device codes to native apps only. It is deleted after the run, and at the next start if oktui is killed before. It \
                     does not test the web app itself: its client id, secret and redirect URIs.",
                    Clean::new(&side_name(request.label.as_str())),
                    request.label
                ),
                "Yes, make it and run",
            ));
            return;
        }
    };
    shared.notice = Some(refused.into());
}

/// The answer to that: arrows choose, Enter gives the one under the cursor, `y` is yes, anything else is no.
fn answer(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some(question) = &mut model.question else { return Next::none() };
    match id {
        C::Left | C::Right | C::Next | C::Previous => {
            question.on_yes = !question.on_yes;
            return Next::none();
        }
        C::Yes => model.agreed = true,
        C::Open => model.agreed = question.on_yes,
        _ => {}
    }
    model.question = None;
    if model.agreed { start(model, shared) } else { Next::none() }
}

fn run_key(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    let Some(run) = &mut model.run else { return Next::none() };
    if run.unmasked.is_some() {
        return unmasked::key(run, shared, key);
    }
    if run.paused.is_some() {
        return stepping::key(run, key);
    }
    let factors = run.need.as_ref().map_or(0, |need| need.factors.len()).max(1);
    match key {
        Key::Enter => {
            let factor = run.need.as_ref().and_then(|n| n.factors.get(run.factor)).map(|(id, _)| id.clone());
            if run.passcode.text().trim().is_empty() {
                return Next::none();
            }
            let job =
                Job::AnswerNeed { factor: factor.unwrap_or_default(), passcode: run.passcode.take_secret() };
            run.need = None;
            run.open = false;
            return Next::effects([Effect::Answer { slot: Slot::Test, job }]);
        }
        Key::Up => run.factor = (run.factor + factors - 1) % factors,
        Key::Down => run.factor = (run.factor + 1) % factors,
        key => {
            run.passcode.key(key);
        }
    }
    Next::none()
}

fn run_command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let ended = model.run.as_ref().is_some_and(|run| run.ended);
    match id {
        C::HandOver | C::PreviousStep => return Next::go(Go::Instead(Route::HandOver)),
        C::Plan => return Next::go(Go::Instead(Route::Plan)),
        C::Again => return again(model, shared),
        C::RunOn if ended => return again(model, shared),
        C::SendHop if ended => {
            return from_hop(model, shared);
        }
        C::Export => return export(model, shared),
        C::Fix => return cause::fix(model, shared),
        C::Compare => {
            compare(model, shared);
            return Next::none();
        }
        C::Show => return reveal(model, shared),
        C::Copy => return copy(model, shared),
        _ => {}
    }
    let Some(run) = &mut model.run else { return Next::none() };
    if let Some(next) = stepping::command(run, id) {
        return next;
    }
    let url = run.need.as_ref().and_then(|need| need.open.clone());
    match id {
        C::View if url.is_some() => {
            let code = run.need.as_ref().and_then(|need| need.code.as_ref());
            let alone = url.into_iter().chain(code.map(|code| Secret::new(code.as_str())));
            return Next::effects([Effect::Bare(alone.collect())]);
        }
        C::Open | C::Next if run.need.as_ref().is_some_and(|need| need.code.is_some()) => {}
        C::Cancel if !run.ended => {
            run.stopping = true;
            return Next::effects([Effect::Stop(Slot::Test)]);
        }
        C::Open if run.need.is_some() => run.open = true,
        C::Open => match run.row() {
            Some(Row::Group(..)) => run.unfolded = !run.unfolded,
            Some(_) => {
                run.whole = !run.whole;
                run.compared = None;
                run.scroll = 0;
            }
            None => {}
        },
        C::View => run.sequence = !run.sequence,
        C::Next if run.need.is_some() => run.open = true,
        C::Left | C::Previous => {
            change_tab(run, TABS.len() - 1);
            return Next::effects(log::open(run, shared));
        }
        C::Right | C::Next => {
            change_tab(run, 1);
            return Next::effects(log::open(run, shared));
        }
        C::PageDown | C::PageUp => scroll(run, shared, if id == C::PageDown { PAGE } else { -PAGE }),
        C::Up | C::Down if run.whole => scroll(run, shared, if id == C::Down { 1 } else { -1 }),
        C::Up | C::Down | C::Top | C::Bottom => move_to(run, id),
        C::Back if run.unmasked.is_some() => run.unmasked = None,
        C::Back if run.open => run.open = false,
        C::Back if run.compared.is_some() => {
            run.compared = None;
            run.whole = false;
        }
        C::Back if run.whole => run.whole = false,
        C::Back if run.older.is_some() => history::leave(model),
        C::Back => {
            if run.ended {
                model.on_form = true;
            } else {
                return Next::go(Go::Back);
            }
        }
        _ => {}
    }
    Next::none()
}

/// What is different from the run before; again: from the one before that, then back.
fn compare(model: &mut Model, shared: &mut Shared) {
    let Some(run) = &mut model.run else { return };
    let Some(trace) = run.trace.as_ref().filter(|_| run.ended) else {
        shared.notice = Some("There is nothing to compare before the run has ended.".into());
        return;
    };
    let at = run.compared.as_ref().map_or(0, |(at, ..)| at + 1);
    if run.older.is_some() {
        shared.notice = Some("Runs of this session are compared; this one is of before.".into());
        return;
    }
    let other = model.past.get(at);
    if other.is_none() && at == 0 {
        shared.notice = Some("There is no other run yet: r runs it again, Esc goes to the form.".into());
    }
    let found = other.map(|other| (at, other.run, flow::compare::compare(other, trace)));
    run.whole = found.is_some();
    run.scroll = 0;
    run.compared = found;
}

fn change_tab(run: &mut Run, by: usize) {
    run.compared = None;
    run.tab = (run.tab + by) % TABS.len();
    run.scroll = 0;
    run.asked = 0;
}

fn scroll(run: &mut Run, shared: &Shared, by: isize) {
    let lines = detail::lines(run, form::session_only(shared));
    let last: usize = lines.iter().map(|line| line.masked().lines().count().max(1)).sum();
    run.scroll = run.scroll.saturating_add_signed(by).min(last.saturating_sub(1));
}

fn move_to(run: &mut Run, id: C) {
    let last = run.rows().len().saturating_sub(1);
    run.cursor = match id {
        C::Up => run.cursor.saturating_sub(1),
        C::Down => (run.cursor + 1).min(last),
        C::Top => 0,
        _ => last,
    };
    run.follow = run.cursor == last;
    run.scroll = 0;
    run.asked = 0;
}

/// The same again; but a password that Okta refused is typed again first: each try counts towards a lock-out.
fn again(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(run) = &model.run else { return Next::none() };
    if !run.ended {
        shared.notice = Some("This run goes on; Ctrl-C stops it.".into());
        return Next::none();
    }
    start(model, shared)
}

/// The same again, without a stop before the hop under the cursor: what came before it, a code above all, is good once only.
fn from_hop(model: &mut Model, shared: &mut Shared) -> Next {
    let hop = model.run.as_ref().and_then(|run| match run.row() {
        Some(Row::Hop(at) | Row::Group(at, _)) => run.hops.get(at).map(|hop| hop.number),
        _ => None,
    });
    if hop.is_none() {
        shared.notice =
            Some("The run is over: x on a hop runs it again up to there, r from the start.".into());
    }
    model.from = hop;
    if hop.is_some() { start(model, shared) } else { Next::none() }
}

fn export(model: &mut Model, shared: &mut Shared) -> Next {
    if let Some(file) = model.run.as_ref().and_then(|run| run.older.as_ref()) {
        shared.notice = Some(format!("It is kept already, masked: {}", Clean::new(&file.to_string_lossy())));
        return Next::none();
    }
    let Some((run, trace)) = model.run.as_mut().and_then(|run| run.trace.clone().map(|trace| (run, trace)))
    else {
        shared.notice = Some("There is nothing to save before the run has ended.".into());
        return Next::none();
    };
    if run.saved {
        run.unmasked = Some(unmasked::Asked::default());
        return Next::none();
    }
    run.saved = true;
    Next::effects([shared.start(Slot::Save, Job::SaveRun(Box::new(trace)))])
}

/// Asks for the next masked value of the detail.
fn reveal(model: &mut Model, shared: &mut Shared) -> Next {
    let session_only = form::session_only(shared);
    let Some(run) = &mut model.run else { return Next::none() };
    if run.older.is_some() {
        shared.notice = Some("The values of a run of before are not kept: r runs the test again.".into());
        return Next::none();
    }
    let lines = detail::lines(run, session_only);
    let holes: Vec<HoleId> = detail::holes(&lines);
    let Some(id) = holes.get(run.asked % holes.len().max(1)).copied() else {
        shared.notice = Some("Nothing is masked in this tab.".into());
        return Next::none();
    };
    run.asked += 1;
    run.revealed = None;
    run.scroll = detail::line_of(&lines, id);
    Next::effects([shared.start(Slot::Reveal, Job::Reveal(id))])
}

fn copy(model: &Model, shared: &mut Shared) -> Next {
    let Some(run) = &model.run else { return Next::none() };
    if let Some(url) = run.need.as_ref().and_then(|need| need.open.clone()) {
        shared.notice = Some(
            "The address was sent to your terminal's clipboard; if it ignores that, v shows it alone.".into(),
        );
        return Next::effects([Effect::Copy(url)]);
    }
    if let Some(effect) = cause::message(run).filter(|_| run.tab == 0) {
        shared.notice = Some(
            "A message for who can fix it was sent to your terminal's clipboard; some ignore it.".into(),
        );
        return Next::effects([effect]);
    }
    let session_only = form::session_only(shared);
    let (word, sentence) = detail::headline(run, session_only);
    let mut text = vec![format!("{word}: {sentence}")];
    text.extend(detail::lines(run, session_only).iter().map(crate::flow::trace::Text::masked));
    shared.notice =
        Some("This tab, masked, was sent to your terminal's clipboard; some terminals ignore it.".into());
    Next::effects([Effect::Copy(Secret::new(text.join("\n")))])
}
