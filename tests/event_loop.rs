//! The loop that users run, with keys and job events from the test and a terminal that is read back: what is written, how much of
//! it, and when nothing is.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::Stream;
use oktui::run::job::{Event as JobEvent, Job, Outcome, Slot, Start, Ticket, Trouble};
use oktui::secret::Secret;
use oktui::tui::app::App;
use oktui::tui::event_loop::{Ended, Face, Jobs, Keys, Signal, run};
use oktui::tui::theme::Theme;
use oktui::tui::view;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

/// Takes what is written, in the order of the frames.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal of 80x24 in memory; every frame is told with its bytes.
struct Screen {
    terminal: Terminal<CrosstermBackend<Written>>,
    written: Written,
    frames: mpsc::UnboundedSender<Vec<u8>>,
    done: Arc<Mutex<Vec<&'static str>>>,
}

impl Face for Screen {
    fn draw(&mut self, app: &App) -> io::Result<()> {
        self.terminal.draw(|frame| view::draw(frame, app))?;
        let _ = self.frames.send(self.written.take());
        Ok(())
    }
    fn redraw(&mut self) -> io::Result<()> {
        self.done.lock().unwrap().push("redraw");
        Ok(())
    }

    fn again(&mut self) -> io::Result<()> {
        self.done.lock().unwrap().push("redraw");
        Ok(())
    }
    fn copy(&mut self, _: &Secret) -> io::Result<()> {
        self.done.lock().unwrap().push("copy");
        Ok(())
    }
    fn bare(&mut self, _: &[Secret]) -> io::Result<()> {
        self.done.lock().unwrap().push("bare");
        Ok(())
    }
    fn suspend(&mut self) -> io::Result<()> {
        self.done.lock().unwrap().push("suspend");
        Ok(())
    }
}

struct Typed(Arc<Mutex<mpsc::UnboundedReceiver<Event>>>);

impl Keys for Typed {
    fn stream(&mut self) -> Box<dyn Stream<Item = io::Result<Event>> + Unpin + Send> {
        let keys = self.0.clone();
        Box::new(futures_util::stream::poll_fn(move |cx| {
            keys.lock().unwrap().poll_recv(cx).map(|e| e.map(Ok))
        }))
    }
}

#[derive(Default)]
struct Asked(Mutex<Vec<(Ticket, Slot, Job)>>);

impl Jobs for Asked {
    fn start(&self, ticket: Ticket, slot: Slot, job: Job) {
        self.0.lock().unwrap().push((ticket, slot, job));
    }
    fn answer(&self, _: Slot, _: Job) {}
    fn stop(&self, _: Slot) {}
}

/// The loop under test, seen from outside.
struct Outside {
    keys: mpsc::UnboundedSender<Event>,
    events: mpsc::Sender<JobEvent>,
    signals: mpsc::Sender<Signal>,
    frames: mpsc::UnboundedReceiver<Vec<u8>>,
    asked: Arc<Asked>,
    done: Arc<Mutex<Vec<&'static str>>>,
    vt: vt100::Parser,
}

impl Outside {
    fn press(&self, code: KeyCode) {
        self.keys.send(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))).unwrap();
    }
    fn control(&self, c: char) {
        self.keys.send(Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL))).unwrap();
    }
    /// Waits for the next frame, takes it in, and gives its bytes.
    async fn frame(&mut self) -> Vec<u8> {
        let bytes = self.frames.recv().await.expect("the loop has ended");
        self.vt.process(&bytes);
        bytes
    }
    fn screen(&self) -> String {
        self.vt.screen().contents()
    }
    /// The row with the marker.
    fn marked(&self) -> String {
        self.screen().lines().find(|l| l.contains('▸')).unwrap_or_default().to_owned()
    }
    /// Answers the first job.
    async fn answer(&self, outcome: Outcome) {
        let ticket = self.asked.0.lock().unwrap().first().expect("no job was started").0;
        self.events.send(JobEvent { ticket, outcome }).await.unwrap();
    }
}

/// Keys that nobody presses; each look for one finds that a job has told something again, so many times.
struct Flooded {
    typed: Typed,
    events: mpsc::Sender<JobEvent>,
    asked: Arc<Asked>,
    left: Arc<AtomicU64>,
}

impl Keys for Flooded {
    fn stream(&mut self) -> Box<dyn Stream<Item = io::Result<Event>> + Unpin + Send> {
        let (mut typed, events) = (self.typed.stream(), self.events.clone());
        let (asked, left) = (Arc::clone(&self.asked), Arc::clone(&self.left));
        Box::new(futures_util::stream::poll_fn(move |cx| {
            let first = asked.0.lock().unwrap().first().map(|(ticket, ..)| *ticket);
            if let (Some(ticket), more @ 1..) = (first, left.load(Relaxed)) {
                left.store(more - 1, Relaxed);
                let _ = events.try_send(JobEvent { ticket, outcome: Outcome::Reading(more, 0) });
            }
            std::pin::Pin::new(&mut typed).poll_next(cx)
        }))
    }
}

/// Runs the loop beside `script`, and gives how it ended. A loop that does not end is a failure, by (paused) time.
async fn with_loop<F>(script: impl FnOnce(Outside) -> F) -> Ended
where
    F: Future<Output = Outside>,
{
    with_keys(|typed, _, _| Box::new(typed), script).await
}

/// The same, with keys that come otherwise.
async fn with_keys<F>(
    keyboard: impl FnOnce(Typed, mpsc::Sender<JobEvent>, Arc<Asked>) -> Box<dyn Keys>,
    script: impl FnOnce(Outside) -> F,
) -> Ended
where
    F: Future<Output = Outside>,
{
    let (keys, typed) = mpsc::unbounded_channel();
    let (events, inbox) = mpsc::channel(64);
    let (signals, raised) = mpsc::channel(4);
    let (drawn, frames) = mpsc::unbounded_channel();
    let (written, asked, done) = (Written::default(), Arc::new(Asked::default()), Arc::default());
    let viewport = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
    let terminal = Terminal::with_options(CrosstermBackend::new(written.clone()), viewport).unwrap();
    let mut screen = Screen { terminal, written, frames: drawn, done: Arc::clone(&done) };
    let mut app = App::new(Theme::new(true, false), "2026-11-22T19:04:05Z".parse().unwrap());
    let first = app.first(false);
    let outside = Outside {
        keys,
        events,
        signals,
        frames,
        asked: Arc::clone(&asked),
        done,
        vt: vt100::Parser::new(24u16.try_into().unwrap(), 80u16.try_into().unwrap(), 0),
    };
    let typed = Typed(Arc::new(Mutex::new(typed)));
    let mut keyboard = keyboard(typed, outside.events.clone(), Arc::clone(&asked));
    let work = run(&mut app, &mut screen, &mut *keyboard, &*asked, inbox, raised, first);
    let both = async { tokio::join!(work, script(outside)) };
    let (ended, _outside) =
        tokio::time::timeout(Duration::from_secs(86_400), both).await.expect("the loop does not end");
    ended.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_first_frame_is_small_and_needs_no_answer() {
    let ended = with_loop(|mut o| async move {
        let bytes = o.frame().await;
        assert!(bytes.len() < 4_096, "{} bytes", bytes.len());
        assert!(o.screen().contains("Set up") && o.screen().contains("Demo org"), "{}", o.screen());
        assert!(matches!(o.asked.0.lock().unwrap().as_slice(), [(_, Slot::Start, Job::ReadStart)]));
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
    assert_eq!(ended, Ended::Quit);
}

#[tokio::test(start_paused = true)]
async fn a_key_costs_few_bytes_and_silence_none() {
    with_loop(|mut o| async move {
        o.frame().await;
        assert!(o.marked().contains("Set up"), "{}", o.screen());
        o.press(KeyCode::Down);
        let bytes = o.frame().await;
        assert!(o.marked().contains("Test"), "{}", o.screen());
        assert!(bytes.len() <= 300, "{} bytes for one key", bytes.len());
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert!(o.frames.try_recv().is_err(), "something was drawn while nothing happened");
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_keys_is_one_frame() {
    with_loop(|mut o| async move {
        o.frame().await;
        for _ in 0..200 {
            o.press(KeyCode::Down);
            o.press(KeyCode::Up);
        }
        // A row that is passed on the way by no earlier key.
        o.press(KeyCode::Down);
        o.press(KeyCode::Down);
        o.press(KeyCode::Down);
        o.press(KeyCode::Down);
        let mut frames = 0;
        while !o.marked().contains("Demo org") {
            o.frame().await;
            frames += 1;
        }
        assert!(frames <= 2, "{frames} frames for 404 keys that came at once");
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_server_says_never_reaches_the_terminal_raw() {
    with_loop(|mut o| async move {
        o.frame().await;
        let evil = "a\u{1b}]52;c;cm0gLXJm\u{7}b\u{202e}c\u{9b}2Jd";
        let start = Start { troubles: vec![Trouble::new(evil, evil)], ..Start::default() };
        o.answer(Outcome::Start(Box::new(start))).await;
        let bytes = o.frame().await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(o.screen().contains("cm0gLXJm"), "it must be shown, cleaned:\n{}", o.screen());
        assert!(!text.contains("\u{1b}]") && !text.contains(['\u{7}', '\u{202e}', '\u{9b}']), "{text:?}");
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_great_numbers_draws_four_times_a_second_and_a_key_at_once() {
    with_loop(|mut o| async move {
        o.frame().await;
        let start = tokio::time::Instant::now();
        let mut frames = 0;
        // Ten a tenth of a second, for two seconds.
        for step in 0..200 {
            o.answer(Outcome::Reading(step, 200)).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            while o.frames.try_recv().is_ok() {
                frames += 1;
            }
        }
        assert!(start.elapsed() >= Duration::from_secs(2));
        assert!((1..=9).contains(&frames), "{frames} frames in two seconds");
        o.answer(Outcome::Reading(1, 2)).await;
        o.press(KeyCode::Down);
        let before = tokio::time::Instant::now();
        o.frame().await;
        assert!(before.elapsed() <= Duration::from_millis(40), "a key waits for {:?}", before.elapsed());
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

/// In real time: the loop has to be busy without end, and a paused clock goes on only while everything sleeps.
#[tokio::test]
async fn what_never_ends_does_not_keep_the_screen_from_being_drawn() {
    let left = Arc::new(AtomicU64::new(50_000));
    let count = Arc::clone(&left);
    let flooded =
        |typed, events, asked| -> Box<dyn Keys> { Box::new(Flooded { typed, events, asked, left: count }) };
    with_keys(flooded, |mut o| async move {
        o.frame().await;
        o.frame().await;
        assert!(left.load(Relaxed) > 0, "the second frame was drawn only when everything had been told");
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_an_older_question_draws_nothing() {
    with_loop(|mut o| async move {
        o.frame().await;
        let outcome = Outcome::Failed(Trouble::new("old", "old"));
        o.events.send(JobEvent { ticket: Ticket(999), outcome }).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(o.frames.try_recv().is_err());
        o.press(KeyCode::Char('q'));
        o
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn suspend_and_redraw_reach_the_terminal_and_keys_are_read_again_after() {
    let ended = with_loop(|mut o| async move {
        o.frame().await;
        o.control('z');
        o.frame().await;
        o.control('l');
        o.frame().await;
        o.signals.send(Signal::Continue).await.unwrap();
        o.frame().await;
        assert_eq!(*o.done.lock().unwrap(), ["suspend", "redraw", "redraw"]);
        o.control('c');
        o
    })
    .await;
    assert_eq!(ended, Ended::Quit);
}

#[tokio::test(start_paused = true)]
async fn signals_and_a_lost_terminal_end_it_without_another_frame() {
    for (signal, wanted) in [(Signal::Terminate, Ended::Terminated), (Signal::HangUp, Ended::HungUp)] {
        let ended = with_loop(|mut o| async move {
            o.frame().await;
            o.signals.send(signal).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(o.frames.try_recv().is_err(), "drawn after {signal:?}");
            o
        });
        assert_eq!(ended.await, wanted);
    }
    let ended = with_loop(|mut o| async move {
        o.frame().await;
        // No more keys will ever come: the terminal is gone.
        o.keys = mpsc::unbounded_channel().0;
        o
    });
    assert_eq!(ended.await, Ended::HungUp);
}
