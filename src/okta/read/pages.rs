//! Lists that arrive page by page.

use crate::okta::call::Call;
use crate::okta::link;
use crate::okta::model::ApiError;
use crate::okta::transport::Transport;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

/// A list of which the next page is asked for only when it is wanted. Dropping it asks for no more.
pub struct Pages<T> {
    transport: Transport,
    next: Option<Call>,
    decode: fn(Value) -> Option<T>,
    followed: HashSet<String>,
}

impl<T> Pages<T> {
    pub(super) fn new(transport: &Transport, first: Call, decode: fn(Value) -> Option<T>) -> Self {
        Self { transport: transport.clone(), next: Some(first), decode, followed: HashSet::new() }
    }

    /// The next page; `None` after the last one, and after an error.
    ///
    /// # Errors
    /// Those of the call; also a `next` link to another host (no token is sent there), a link that leads in a circle, and an
    /// entry that is not of the documented shape. A list that could not be read to its end is never told as a whole one.
    pub async fn next(&mut self) -> Option<Result<Vec<T>, ApiError>> {
        let call = self.next.take()?;
        Some(self.page(&call).await)
    }

    async fn page(&mut self, call: &Call) -> Result<Vec<T>, ApiError> {
        let answer = self.transport.send(call).await?;
        let Value::Array(entries) = answer.json()? else {
            return Err(answer.unreadable("a list was expected"));
        };
        let decoded: Option<Vec<T>> = entries.into_iter().map(self.decode).collect();
        let page = decoded.ok_or_else(|| answer.unreadable("an entry of the list has no id"))?;
        if let Some(url) = link::next(&answer.headers) {
            if !self.followed.insert(url.clone()) {
                return Err(answer.unreadable("the link to the next page leads in a circle"));
            }
            // Whatever else distinguishes the calls of this list goes along; address and page are Okta's.
            self.next = Some(Call::follow(&url).content_type(call.content_type));
        }
        Ok(page)
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
