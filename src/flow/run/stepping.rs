//! Step mode: before each request the run stops, so that the person can look at it, alter it for an experiment, and let it go.

use crate::flow::machine::Outgoing;
use crate::flow::record::Recorder;
use crate::flow::trace::{Hop, RunVerdict, Step};
use crate::flow::{Alteration, Answer, Event};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// Whether a run stops before its requests, and who says how it goes on.
pub(super) struct Stepping {
    /// From this hop on; `None`: no more.
    from: Option<usize>,
    answers: mpsc::Receiver<Answer>,
    /// The request that was let go last: one that is repeated (asking whether a device was approved) is not stopped before again.
    last: Option<(&'static str, String)>,
}

impl Stepping {
    pub fn new(from: Option<usize>, answers: mpsc::Receiver<Answer>) -> Self {
        Self { from, answers, last: None }
    }

    /// No more stops: what is sent from here on is a clean-up.
    pub fn off(&mut self) {
        self.from = None;
    }

    /// The next answer; `None` when nobody is there to give one.
    pub async fn answer(&mut self) -> Option<Answer> {
        self.answers.recv().await
    }

    /// Stops before `request`, if this run does so. Gives it as the person has made it, or `None` when they stop the run: then `stop`
    /// is cancelled, and nothing is sent.
    pub async fn before(
        &mut self,
        recorder: &Mutex<Recorder>,
        step: Step,
        title: &str,
        request: Outgoing,
        stop: &CancellationToken,
    ) -> Option<Outgoing> {
        let same =
            self.last.as_ref().is_some_and(|(method, url)| *method == request.method && *url == request.url);
        let next = recorder.lock().await.trace().hops.len() + 1;
        if self.from.is_none_or(|from| next < from) || same && step == Step::SignIn {
            return Some(request);
        }
        self.last = Some((request.method, request.url.clone()));
        let (mut now, mut words) = (request.clone(), Vec::<String>::new());
        loop {
            let mut recorder_now = recorder.lock().await;
            let pause = recorder_now.preview(step, title, &now, &words).await;
            recorder_now.tell_event(Event::Paused(pause)).await;
            drop(recorder_now);
            let answer = tokio::select! {
                biased;
                () = stop.cancelled() => None,
                answer = self.answers.recv() => answer,
            };
            match answer {
                Some(Answer::Send) => break,
                Some(Answer::RunOn) => {
                    self.from = None;
                    break;
                }
                Some(Answer::Alter(Alteration::Undo)) => {
                    now = request.clone();
                    words.clear();
                }
                Some(Answer::Alter(alteration)) => {
                    if let Some((altered, said)) = now.altered(&alteration) {
                        now = altered;
                        if !words.contains(&said) {
                            words.push(said);
                        }
                    }
                }
                // It answers a question that is no longer asked.
                Some(Answer::Passcode(..) | Answer::Pasted(_)) => {}
                Some(Answer::Stop) | None => {
                    stop.cancel();
                    return None;
                }
            }
        }
        recorder.lock().await.altered(words);
        Some(now)
    }
}

/// The verdict of a run with altered requests: an experiment, whose end says nothing about the configuration of the app.
pub(super) fn experiment(verdict: RunVerdict, hops: &[Hop]) -> RunVerdict {
    let altered: Vec<String> = hops
        .iter()
        .filter(|hop| !hop.altered.is_empty())
        .map(|hop| format!("hop {}: {}", hop.number, hop.altered.join(", ")))
        .collect();
    if altered.is_empty() {
        return verdict;
    }
    let altered = altered.join("; ");
    match verdict {
        RunVerdict::Passed { judged_not } => RunVerdict::Passed {
            judged_not: format!("an experiment ({altered}). {judged_not}").trim_end().to_owned(),
        },
        RunVerdict::Failed { leg, step, headline, .. } => RunVerdict::Failed {
            leg,
            step,
            headline: format!("an experiment ({altered}) ended so: {headline}"),
            fixes: vec!["Run it without altering anything: only that judges the app.".into()],
        },
        verdict => verdict,
    }
}
