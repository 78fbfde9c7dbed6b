//! Lists that arrive page by page.

use crate::okta::answer::Answer;
use crate::okta::call::Call;
use crate::okta::link;
use crate::okta::model::ApiError;
use crate::okta::transport::Transport;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;
use tokio_util::task::AbortOnDropHandle;

/// Reads a whole page at once, without a tree of values in between; `None` where an entry is not as expected.
type Quick<T> = fn(&[u8]) -> Option<Vec<T>>;

/// A list of which the next page is asked for only when it is wanted, or, with [`Pages::ahead`], while the page before is read.
/// Dropping it asks for no more.
pub struct Pages<T> {
    transport: Transport,
    next: Option<Call>,
    /// The answer to `next`, on its way.
    coming: Option<AbortOnDropHandle<Result<Answer, ApiError>>>,
    ahead: bool,
    decode: fn(Value) -> Option<T>,
    quick: Option<Quick<T>>,
    followed: HashSet<String>,
}

impl<T> Pages<T> {
    pub(super) fn new(transport: &Transport, first: Call, decode: fn(Value) -> Option<T>) -> Self {
        Self {
            transport: transport.clone(),
            next: Some(first),
            coming: None,
            ahead: false,
            decode,
            quick: None,
            followed: HashSet::new(),
        }
    }

    /// With a reader of whole pages. It must give the same as the other one.
    pub(super) fn quickly(mut self, quick: Quick<T>) -> Self {
        self.quick = Some(quick);
        self
    }

    /// Asks for each page as soon as the one before has said where it is, for lists that are read to their end: a long list then
    /// takes the time of its answers alone.
    pub fn ahead(mut self) -> Self {
        self.ahead = true;
        self
    }

    /// The next page; `None` after the last one, and after an error.
    ///
    /// # Errors
    /// Those of the call; also a `next` link to another host (no token is sent there), a link that leads in a circle, and an
    /// entry that is not of the documented shape. A list that could not be read to its end is never told as a whole one.
    pub async fn next(&mut self) -> Option<Result<Vec<T>, ApiError>> {
        let call = self.next.take()?;
        let page = self.page(&call).await;
        if page.is_err() {
            (self.next, self.coming) = (None, None);
        }
        Some(page)
    }

    async fn page(&mut self, call: &Call) -> Result<Vec<T>, ApiError> {
        let answer = match self.coming.take() {
            Some(coming) => match coming.await {
                Ok(answer) => answer?,
                Err(gone) if gone.is_panic() => std::panic::resume_unwind(gone.into_panic()),
                // The runtime ends.
                Err(_) => self.transport.send(call).await?,
            },
            None => self.transport.send(call).await?,
        };
        if let Some(url) = link::next(&answer.headers) {
            if !self.followed.insert(url.clone()) {
                return Err(answer.unreadable("the link to the next page leads in a circle"));
            }
            // Whatever else distinguishes the calls of this list goes along; address and page are Okta's.
            let next = Call::follow(&url).content_type(call.content_type);
            if self.ahead {
                let (transport, next) = (self.transport.clone(), next.clone());
                let ask = async move { transport.send(&next).await };
                self.coming = Some(AbortOnDropHandle::new(tokio::spawn(ask)));
            }
            self.next = Some(next);
        }
        if let Some(page) = self.quick.and_then(|quick| quick(&answer.body)) {
            return Ok(page);
        }
        let Value::Array(entries) = answer.json()? else {
            return Err(answer.unreadable("a list was expected"));
        };
        let decoded: Option<Vec<T>> = entries.into_iter().map(self.decode).collect();
        decoded.ok_or_else(|| answer.unreadable("an entry of the list has no id"))
    }

    /// Whether another page was announced, or none has been asked for yet.
    pub fn more(&self) -> bool {
        self.next.is_some()
    }

    /// All that is left, in one list.
    ///
    /// # Errors
    /// As [`Pages::next`]; what had arrived before the error is dropped.
    pub async fn all(mut self) -> Result<Vec<T>, ApiError> {
        self.ahead = true;
        let mut all = Vec::new();
        while let Some(page) = self.next().await {
            all.append(&mut page?);
        }
        Ok(all)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("followed", &self.followed.len()).field("more", &self.more()).finish()
    }
}
