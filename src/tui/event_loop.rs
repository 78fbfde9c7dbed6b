//! The loop: keys, job events, signals and wake-ups in; effects and frames out. Its input stream and its terminal come in as
//! parameters, so that tests run the very loop that users run. It sleeps while nothing happens.

use super::app::{App, AppMsg, Haste};
use super::effect::Effect;
use super::key::Key;
use crate::run::job::{Event as JobEvent, Job, Slot, Ticket};
use crate::secret::Secret;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Who carries jobs out; `main` gives the runner.
pub trait Jobs {
    /// Starts a job.
    fn start(&self, ticket: Ticket, slot: Slot, job: Job);
    /// Passes an answer on to the job that runs in a slot.
    fn answer(&self, slot: Slot, job: Job);
    /// Tells what runs in a slot to stop.
    fn stop(&self, slot: Slot);
}

/// What the loop draws on, and what it does to the terminal.
pub trait Face {
    /// Draws a frame.
    ///
    /// # Errors
    /// The terminal is gone.
    fn draw(&mut self, app: &App) -> io::Result<()>;
    /// Draws everything anew with the next frame.
    ///
    /// # Errors
    /// The terminal is gone.
    fn redraw(&mut self) -> io::Result<()>;
    /// Takes the terminal again after somebody else stopped and continued the process: its modes are not what they were.
    ///
    /// # Errors
    /// The terminal is gone.
    fn again(&mut self) -> io::Result<()>;
    /// Sends a value to the clipboard.
    ///
    /// # Errors
    /// The terminal is gone.
    fn copy(&mut self, value: &Secret) -> io::Result<()>;
    /// Gives the terminal back, shows these lines bare, waits for Enter, and takes it again.
    ///
    /// # Errors
    /// The terminal is gone.
    fn bare(&mut self, lines: &[Secret]) -> io::Result<()>;
    /// Gives the terminal back, stops the process until it is continued, and takes it again.
    ///
    /// # Errors
    /// The terminal is gone.
    fn suspend(&mut self) -> io::Result<()>;
}

/// Where keys come from. Reading is given up while something else reads the terminal.
pub trait Keys {
    /// A fresh stream of terminal events.
    fn stream(&mut self) -> Box<dyn Stream<Item = io::Result<Event>> + Unpin + Send>;
}

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The user left.
    Quit,
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or the terminal is gone: nothing may be written to it any more.
    HungUp,
}

/// Signals as the loop takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    HangUp,
    /// SIGCONT: somebody else may have drawn on the terminal.
    Continue,
}

/// At most one frame in this time; the first change draws at once.
const FRAME: Duration = Duration::from_millis(33);
/// The same for what comes in great numbers, such as pages of a list: a slow link is for keys.
const SLOW_FRAME: Duration = Duration::from_millis(250);
/// How many job events are taken in before keys are looked at again.
const DRAIN: usize = 64;

/// Runs until the user leaves or a signal ends it. The app has been drawn once before.
///
/// # Errors
/// The terminal cannot be read or written.
pub async fn run(
    app: &mut App,
    face: &mut dyn Face,
    keys: &mut dyn Keys,
    jobs: &dyn Jobs,
    mut events: mpsc::Receiver<JobEvent>,
    mut signals: mpsc::Receiver<Signal>,
    first: Vec<Effect>,
) -> io::Result<Ended> {
    let mut input = keys.stream();
    let mut wakes: Vec<Instant> = Vec::new();
    let mut drawn = Instant::now();
    let mut effects = first;
    loop {
        for effect in std::mem::take(&mut effects) {
            match effect {
                Effect::Start { ticket, slot, job } => jobs.start(ticket, slot, job),
                Effect::Answer { slot, job } => jobs.answer(slot, job),
                Effect::Stop(slot) => jobs.stop(slot),
                Effect::Copy(value) => face.copy(&value)?,
                Effect::Bare(lines) => {
                    drop(input);
                    face.bare(&lines)?;
                    input = keys.stream();
                }
                Effect::Suspend => {
                    drop(input);
                    face.suspend()?;
                    input = keys.stream();
                }
                Effect::Wake(after) => wakes.push(Instant::now() + Duration::from_millis(after)),
                Effect::Redraw => face.redraw()?,
                Effect::Quit => return Ok(Ended::Quit),
            }
            app.touch();
        }
        let due = app.dirty().map(|haste| {
            drawn
                + match haste {
                    Haste::Now => FRAME,
                    Haste::Soon => SLOW_FRAME,
                }
        });
        let wake = wakes.iter().min().copied();
        tokio::select! {
            biased;
            Some(signal) = signals.recv() => match signal {
                Signal::Terminate => return Ok(Ended::Terminated),
                Signal::HangUp => return Ok(Ended::HungUp),
                Signal::Continue => { face.again()?; app.touch(); }
            },
            event = input.next() => match event {
                Some(Ok(event)) => effects = take(app, event),
                // The terminal is gone.
                Some(Err(_)) | None => return Ok(Ended::HungUp),
            },
            // Before the events: jobs that tell without end must not keep what they tell from being seen.
            () = at(due), if due.is_some() => {
                face.draw(app)?;
                app.drawn();
                drawn = Instant::now();
            }
            Some(event) = events.recv() => {
                effects = app.update(AppMsg::Event(event, Timestamp::now()));
                for _ in 0..DRAIN {
                    let Ok(event) = events.try_recv() else { break };
                    effects.extend(app.update(AppMsg::Event(event, Timestamp::now())));
                }
            }
            () = at(wake), if wake.is_some() => {
                let now = Instant::now();
                wakes.retain(|w| *w > now);
                effects = app.update(AppMsg::Tick(Timestamp::now()));
            }
        }
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

fn take(app: &mut App, event: Event) -> Vec<Effect> {
    let now = Timestamp::now();
    match event {
        Event::Key(key) => {
            let mut effects = Vec::new();
            for key in translate(key, app.editing()) {
                effects.extend(app.update(AppMsg::Key(key, now)));
            }
            effects
        }
        Event::Paste(text) => app.update(AppMsg::Paste(text, now)),
        // Also where the size is the one of before: a terminal that was small for a moment has lost what was on it.
        Event::Resize(..) => vec![Effect::Redraw],
        _ => Vec::new(),
    }
}

/// A terminal key as ours. An unbound Alt-x is Esc and x: that is what a slow link or tmux makes of the two.
pub fn translate(event: KeyEvent, editing: bool) -> Vec<Key> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    let key = match event.code {
        // Some terminals send Control-H for Backspace.
        KeyCode::Char('h') if control => return if editing { vec![Key::Backspace] } else { Vec::new() },
        KeyCode::Char(c) if control => Key::Ctrl(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Esc => Key::Esc,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        // An alias, for those who look for it.
        KeyCode::F(1) => Key::Char('?'),
        _ => return Vec::new(),
    };
    if event.modifiers.contains(KeyModifiers::ALT) && key != Key::Esc {
        vec![Key::Esc, key]
    } else {
        vec![key]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(code, modifiers)
    }

    #[test]
    fn keys_that_links_and_terminals_mangle() {
        let none = KeyModifiers::NONE;
        assert_eq!(translate(key(KeyCode::Char('h'), KeyModifiers::CONTROL), true), [Key::Backspace]);
        assert_eq!(translate(key(KeyCode::Char('h'), KeyModifiers::CONTROL), false), []);
        assert_eq!(translate(key(KeyCode::Char('x'), KeyModifiers::ALT), false), [Key::Esc, Key::Char('x')]);
        assert_eq!(translate(key(KeyCode::BackTab, KeyModifiers::SHIFT), false), [Key::BackTab]);
        let release = KeyEvent { kind: KeyEventKind::Release, ..key(KeyCode::Enter, none) };
        assert_eq!(translate(release, false), []);
    }
}
