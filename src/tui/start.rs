//! Starts the full-screen program on the real terminal: the first frame at once, then signals, keys and jobs.

use super::app::App;
use super::effect::Effect;
use super::event_loop::{self, Ended, Face, Jobs, Keys, Signal};
use super::terminal::Terminal;
use super::theme::Theme;
use crate::run::job::Event as JobEvent;
use crate::secret::Secret;
use crossterm::event::{Event, EventStream};
use futures_util::Stream;
use jiff::Timestamp;
use std::io::{self, BufRead, Write};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// How the program looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// No colours when off (`NO_COLOR`).
    pub colour: bool,
    /// ASCII lines and signs only.
    pub ascii: bool,
    /// Open the demo org at once.
    pub demo: bool,
}

/// The terminal, taken and drawn on once; [`Opened::run`] goes on. Between the two the caller may set up what takes time.
pub struct Opened {
    terminal: Terminal,
    app: App,
    first: Vec<Effect>,
}

/// Takes the terminal and draws the first frame.
///
/// # Errors
/// Standard output is no terminal.
pub fn open(options: Options) -> io::Result<Opened> {
    let mut terminal = Terminal::take()?;
    let mut app = App::new(Theme::new(options.colour, options.ascii), Timestamp::now());
    let first = app.first(options.demo);
    Face::draw(&mut terminal, &app)?;
    app.drawn();
    Ok(Opened { terminal, app, first })
}

impl Opened {
    /// Runs until the user leaves or a signal ends it; the terminal is given back.
    ///
    /// # Errors
    /// The terminal cannot be read or written.
    pub async fn run(self, jobs: &dyn Jobs, events: mpsc::Receiver<JobEvent>) -> io::Result<Ended> {
        let Self { mut terminal, mut app, first } = self;
        let (sender, signals) = mpsc::channel(4);
        for (kind, meaning) in [
            (SignalKind::terminate(), Signal::Terminate),
            (SignalKind::hangup(), Signal::HangUp),
            (SignalKind::from_raw(signal_hook::consts::SIGCONT), Signal::Continue),
        ] {
            let (mut stream, sender) = (signal(kind)?, sender.clone());
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    if sender.send(meaning).await.is_err() {
                        return;
                    }
                }
            });
        }
        let ended =
            event_loop::run(&mut app, &mut terminal, &mut RealKeys, jobs, events, signals, first).await;
        // After a hang-up every write fails; giving the terminal back tries and does not mind.
        terminal.leave();
        ended
    }
}

struct RealKeys;

impl Keys for RealKeys {
    fn stream(&mut self) -> Box<dyn Stream<Item = io::Result<Event>> + Unpin + Send> {
        Box::new(EventStream::new())
    }
}

impl Face for Terminal {
    fn draw(&mut self, app: &App) -> io::Result<()> {
        Self::draw(self, |frame| super::view::draw(frame, app))
    }

    fn redraw(&mut self) -> io::Result<()> {
        Self::redraw(self)
    }

    fn again(&mut self) -> io::Result<()> {
        Self::again(self)
    }

    fn copy(&mut self, value: &Secret) -> io::Result<()> {
        Self::copy(self, value)
    }

    fn bare(&mut self, lines: &[Secret]) -> io::Result<()> {
        self.leave();
        let mut out = io::stdout();
        for line in lines {
            // No box, no padding, no break of ours: what is selected is what is there.
            writeln!(out, "{}", crate::text::clean_block(line.expose()))?;
        }
        write!(out, "\nEnter goes back to oktui. ")?;
        out.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        self.again()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.leave();
        signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)?;
        self.again()
    }
}
