//! What can be changed in an org: every write of oktui is a method of [`Writer`], and nothing else writes.
//!
//! By the first law of the house only `change/apply` and `run` name the writer; whoever wants a change makes a Change.

mod apps;
mod servers;

use super::answer::Answer;
use super::budget::Bucket;
use super::call::Call;
use super::model::ApiError;
use super::transport::Transport;
use crate::text::Clean;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Writes. There is one for a session and it cannot be copied, so who holds it is who may write.
#[derive(Debug)]
pub struct Writer {
    transport: Transport,
    /// One lock for each app and each authorization server.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// A write that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// What Okta answered.
    pub value: T,
    /// `X-Okta-Request-Id`: the name of this write in the System Log and for Okta's support.
    pub request_id: Option<Clean>,
    /// Okta said that it was so before; nothing was changed.
    pub already: bool,
}

impl<T> Done<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: f(self.value), request_id: self.request_id, already: self.already }
    }
}

impl Writer {
    /// The writer of that session.
    pub fn new(transport: Transport) -> Self {
        Self { transport, turns: Mutex::default() }
    }

    /// Waits until no other write to this object is under way. Two at once made Okta fail (403 E0000039 on apps, 500 on rules).
    async fn turn(&self, object: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(object.to_owned()).or_default())
        };
        lock.lock_owned().await
    }

    async fn room(&self, bucket: Bucket, ahead: u32) {
        self.transport.room(bucket, ahead).await;
    }

    async fn done(&self, call: Call) -> Result<Done<Answer>, ApiError> {
        let answer = self.transport.send(&call).await?;
        Ok(Done { request_id: answer.request_id(), value: answer, already: false })
    }

    /// A write whose answer says nothing that is needed.
    async fn plain(&self, call: Call) -> Result<Done<()>, ApiError> {
        Ok(self.done(call).await?.map(|_| ()))
    }

    /// A write that answers with the object.
    async fn object<T>(&self, call: Call, decode: fn(Value) -> Option<T>) -> Result<Done<T>, ApiError> {
        let done = self.done(call).await?;
        let value = decode(done.value.json()?)
            .ok_or_else(|| done.value.unreadable("it is not of the documented shape"))?;
        Ok(Done { value, request_id: done.request_id, already: false })
    }
}

/// `object` without these members, which Okta sets itself.
fn without(object: &Map<String, Value>, members: &[&str]) -> Map<String, Value> {
    let kept = object.iter().filter(|(name, _)| !members.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
