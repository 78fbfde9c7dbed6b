//! Every command as data: id, title, keys, scope. Hint line, help, palette and the README's key table are drawn from this list.

use super::key::Key;

/// Identifies a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CommandId {
    /// Moves the cursor up.
    Up,
    /// Moves the cursor down.
    Down,
    /// Left: the tab or pane before.
    Left,
    /// Right: the tab or pane after.
    Right,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Next field, pane or button.
    Next,
    /// Field, pane or button before.
    Previous,
    /// Opens, edits, presses or folds what is under the cursor.
    Open,
    /// One level back.
    Back,
    /// Marks the row.
    Mark,
    /// Adds a row, or assigns.
    Add,
    /// Stages a removal.
    Remove,
    /// Takes back what was staged last.
    Unstage,
    /// Fixes what is under the cursor.
    Fix,
    /// Accepts the warning under the cursor.
    Accept,
    /// Tells why.
    Why,
    /// Copies the value under the cursor.
    Copy,
    /// Copies all values as one block.
    CopyAll,
    /// Compares with another run.
    Compare,
    /// Shows the secret under the cursor for 20 seconds.
    Show,
    /// Saves to a file.
    Export,
    /// The other view of the same.
    View,
    /// Runs again, or reads again.
    Again,
    /// Step mode: sends the request that the run has stopped before.
    SendHop,
    /// Step mode: lets the run go on without stops.
    RunOn,
    /// Filters the list.
    Filter,
    /// Asks Okta's own search.
    AskOkta,
    /// Marks from the last marked row to this one.
    MarkRange,
    /// Marks everything that matches.
    MarkAll,
    /// Takes a list of people from a file or a paste.
    Import,
    /// Who may sign in: people and groups.
    People,
    /// Wizard: step 1.
    Step1,
    /// Wizard: step 2.
    Step2,
    /// Wizard: step 3.
    Step3,
    /// Wizard: step 4.
    Step4,
    /// Wizard: step 5.
    Step5,
    /// The next step.
    NextStep,
    /// The step before.
    PreviousStep,
    /// The plan.
    Plan,
    /// The flow tester.
    Test,
    /// The check-up.
    CheckUp,
    /// A Setup file against the app.
    Drift,
    /// The inventory of MCP servers.
    Servers,
    /// The values for the gateway's form.
    HandOver,
    /// Diagnose something pasted.
    Diagnose,
    /// The journal of writes.
    Journal,
    /// The calls of the management API.
    Calls,
    /// Undoes writes of the journal.
    Undo,
    /// Marks all writes of a plan.
    MarkPlan,
    /// Keys that are valid here.
    Help,
    /// All commands.
    Palette,
    /// Leaves oktui.
    Quit,
    /// Stops what runs, else leaves.
    Cancel,
    /// To the shell and back.
    Suspend,
    /// Draws everything again.
    Redraw,
    /// Yes, to a question whose default is No.
    Yes,
}

/// Where a command is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, also while a field is open.
    Always,
    /// Everywhere, no field open.
    Global,
    /// A list, tree or form whose fields are closed.
    List,
    /// The wizard.
    Wizard,
    /// The screens of an app: wizard, plan, hand over, test.
    App,
    /// The panes of people and groups.
    People,
    /// The plan.
    Plan,
    /// The hand-over.
    HandOver,
    /// The flow tester.
    Test,
    /// The flow tester, stopped before a request.
    Paused,
    /// The journal.
    Journal,
    /// A yes-or-no question.
    Question,
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Which.
    pub id: CommandId,
    /// What it does, as help and palette say it.
    pub title: &'static str,
    /// A word or two for the hint line.
    pub short: &'static str,
    /// Its keys, the one that is shown first.
    pub keys: &'static [Key],
    /// Where it is valid.
    pub scope: Scope,
}

const fn command(
    id: CommandId,
    scope: Scope,
    keys: &'static [Key],
    short: &'static str,
    title: &'static str,
) -> Command {
    Command { id, title, short, keys, scope }
}

use CommandId as C;
use Key::{Char, Ctrl};
use Scope as S;

/// Every command, in the order of the help.
pub const COMMANDS: &[Command] = &[
    command(C::Up, S::List, &[Key::Up, Char('k')], "up", "one row up"),
    command(C::Down, S::List, &[Key::Down, Char('j')], "down", "one row down"),
    command(C::Left, S::List, &[Key::Left, Char('h')], "left", "the tab or choice to the left"),
    command(C::Right, S::List, &[Key::Right, Char('l')], "right", "the tab or choice to the right"),
    command(C::PageUp, S::List, &[Key::PageUp], "page up", "one page up"),
    command(C::PageDown, S::List, &[Key::PageDown], "page down", "one page down"),
    command(C::Top, S::List, &[Key::Home, Char('g')], "top", "to the first row"),
    command(C::Bottom, S::List, &[Key::End], "end", "to the last row"),
    command(C::Open, S::List, &[Key::Enter], "open", "open, edit, press or fold what is under the cursor"),
    command(C::Mark, S::List, &[Char(' ')], "mark", "mark or switch what is under the cursor"),
    command(C::Filter, S::List, &[Char('/')], "filter", "filter this list"),
    command(
        C::AskOkta,
        S::People,
        &[Char('\\')],
        "ask Okta",
        "ask Okta's own search instead of what was read",
    ),
    command(
        C::MarkRange,
        S::People,
        &[Char('m')],
        "range",
        "mark from the row that was marked last to this one",
    ),
    command(C::MarkAll, S::People, &[Char('*')], "all", "mark all that match"),
    command(C::Import, S::People, &[Char('i')], "import", "take a list of people from a file or a paste"),
    command(C::Add, S::List, &[Char('a')], "add", "add a row, or assign what is under the cursor"),
    command(
        C::Remove,
        S::List,
        &[Char('d')],
        "remove",
        "stage a removal; nothing is written before the plan",
    ),
    command(C::Unstage, S::List, &[Char('u')], "unstage", "take back what was staged last"),
    command(C::Fix, S::List, &[Char('f')], "fix", "fix what is under the cursor"),
    command(C::Accept, S::List, &[Char('i')], "accept", "accept the warning under the cursor"),
    command(C::Why, S::List, &[Char('w')], "why", "tell why, and where the rule comes from"),
    command(
        C::Copy,
        S::List,
        &[Char('y')],
        "copy",
        "send the value under the cursor to your terminal's clipboard",
    ),
    command(
        C::CopyAll,
        S::HandOver,
        &[Char('c')],
        "copy all",
        "show all values on a bare screen, clean to copy",
    ),
    command(
        C::Compare,
        S::Test,
        &[Char('c')],
        "compare",
        "what is different from the run before; again: the one before that",
    ),
    command(C::Show, S::List, &[Char('s')], "show", "show the secret under the cursor for 20 seconds"),
    command(C::Export, S::List, &[Char('e')], "save", "save to a file that only you can read"),
    command(C::View, S::List, &[Char('v')], "view", "the other view of the same"),
    command(C::Again, S::List, &[Char('r')], "again", "run again, or read again"),
    command(
        C::SendHop,
        S::Paused,
        &[Char('x')],
        "send it",
        "step mode: send this request, stop before the next; after the end: run again up to this hop",
    ),
    command(
        C::RunOn,
        S::Paused,
        &[Char('r')],
        "run on",
        "step mode: send this one, and the rest without a stop",
    ),
    command(C::Step1, S::Wizard, &[Char('1')], "basic", "step 1: basic info"),
    command(C::Step2, S::Wizard, &[Char('2')], "grants", "step 2: grant types"),
    command(C::Step3, S::Wizard, &[Char('3')], "redirects", "step 3: redirect URIs"),
    command(C::Step4, S::Wizard, &[Char('4')], "access", "step 4: assignments"),
    command(C::Step5, S::Wizard, &[Char('5')], "auth", "step 5: authentication"),
    command(C::NextStep, S::App, &[Char('n')], "next step", "the next step"),
    command(C::PreviousStep, S::App, &[Char('b')], "step back", "the step before"),
    command(C::Plan, S::App, &[Char('p')], "plan", "the plan: everything that would be written"),
    command(C::People, S::App, &[Char('x')], "access", "who may sign in: people and groups"),
    command(C::HandOver, S::App, &[Char('m')], "values", "the six values for the gateway's form"),
    command(C::Test, S::App, &[Char('t')], "test", "test this app"),
    command(
        C::CheckUp,
        S::App,
        &[Char('0')],
        "check-up",
        "check up: the app as it is in the org, judged without a sign-in",
    ),
    command(
        C::Drift,
        S::App,
        &[Char('9')],
        "drift",
        "drift: a Setup file against the app as it is in the org",
    ),
    command(
        C::Servers,
        S::App,
        &[Char('8')],
        "servers",
        "the MCP servers that use this app, from your inventory",
    ),
    command(C::Yes, S::Question, &[Char('y')], "yes", "yes; any other key is no"),
    command(
        C::Undo,
        S::Journal,
        &[Char('u')],
        "undo",
        "undo what is marked, or what is under the cursor: a plan first",
    ),
    command(C::MarkPlan, S::Journal, &[Char('a')], "mark plan", "mark all writes of this plan"),
    command(
        C::Journal,
        S::Global,
        &[Char('z')],
        "journal",
        "the journal: every change made from here, and the way back",
    ),
    command(
        C::Calls,
        S::Global,
        &[Ctrl('t')],
        "calls",
        "the calls of Okta's API that the screens stand on; each can be copied for a shell",
    ),
    command(
        C::Diagnose,
        S::Global,
        &[Char('o')],
        "diagnose",
        "diagnose a pasted URL, page or error; there: open a capture (HAR)",
    ),
    command(C::Help, S::Global, &[Char('?')], "help", "the keys that are valid here"),
    command(C::Palette, S::Global, &[Char(':')], "commands", "all commands, by name"),
    command(C::Quit, S::Global, &[Char('q')], "quit", "leave oktui; the draft is saved"),
    command(C::Next, S::Always, &[Key::Tab], "next field", "the next field, pane or button"),
    command(C::Previous, S::Always, &[Key::BackTab], "field before", "the field, pane or button before"),
    command(C::Back, S::Always, &[Key::Esc, Ctrl('g')], "back", "one level back; a field keeps its text"),
    command(C::Cancel, S::Always, &[Ctrl('c')], "stop", "stop what runs, else leave"),
    command(C::Suspend, S::Always, &[Ctrl('z')], "suspend", "to the shell; fg comes back"),
    command(C::Redraw, S::Always, &[Ctrl('l')], "redraw", "draw the screen again"),
];

/// The command with that id.
pub fn of(id: CommandId) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.id == id)
}

/// The command that `key` means where `scopes` are in force. [`Scope::Always`] is always in force; [`Scope::Global`] and the
/// others only while no field is open (`editing` is false). Narrower scopes win.
pub fn lookup(key: Key, scopes: &[Scope], editing: bool) -> Option<CommandId> {
    let hit =
        |scope: Scope| COMMANDS.iter().find(|c| c.scope == scope && c.keys.contains(&key)).map(|c| c.id);
    if editing {
        return hit(Scope::Always);
    }
    scopes.iter().copied().find_map(hit).or_else(|| hit(Scope::Global)).or_else(|| hit(Scope::Always))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_meaning_in_a_scope() {
        for (i, a) in COMMANDS.iter().enumerate() {
            for b in COMMANDS.iter().skip(i + 1) {
                assert_ne!(a.id, b.id, "{:?} is listed twice", a.id);
                let overlap = a.scope == b.scope
                    || [a.scope, b.scope].contains(&Scope::Always)
                    || [a.scope, b.scope].contains(&Scope::Global);
                let shared: Vec<_> = a.keys.iter().filter(|k| b.keys.contains(k)).collect();
                assert!(!overlap || shared.is_empty(), "{:?} and {:?} share {shared:?}", a.id, b.id);
            }
        }
    }

    #[test]
    fn a_field_swallows_everything_printable() {
        for c in [' ', 'a', 'n', 'q', '?', ':', 'é', '田', '/'] {
            assert_eq!(lookup(Key::Char(c), &[Scope::List, Scope::Wizard, Scope::App], true), None);
        }
    }

    #[test]
    fn keys_that_break_over_ssh_are_never_bound() {
        // tmux, backspace, tab, enter, flow control; and capitals after an Esc that a slow link has split from them.
        let never = "bhijmsq".chars().map(Key::Ctrl).chain("[OABCDFHPQRS".chars().map(Key::Char));
        for key in never {
            assert!(COMMANDS.iter().all(|c| !c.keys.contains(&key)), "{key} is bound");
        }
        assert!(COMMANDS.iter().flat_map(|c| c.keys).all(|k| !matches!(k, Key::Char(c) if c.is_uppercase())));
    }
}
