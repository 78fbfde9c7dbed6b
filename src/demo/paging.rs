//! Pages and their `Link` headers.

use super::call::{Call, Reply};
use super::error;
use super::seed;
use serde_json::Value;

/// The part of a list a request asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) after: Option<String>,
}

impl Page {
    /// `limit` falls back to `default` and is cut at `max`; 0 and words are refused as Okta refuses them.
    pub(super) fn of(call: &Call, default: usize, max: usize) -> Result<Self, Reply> {
        let limit = match call.param("limit") {
            None => default,
            Some("-1") => max,
            Some(text) => match text.parse::<usize>() {
                Ok(n) if n > 0 => n.min(max),
                _ => return Err(error::validation("limit", "limit: must be a positive number")),
            },
        };
        Ok(Self { limit, after: call.param("after").map(str::to_owned) })
    }

    /// The number of the first person of this page; the cursor is used up. Lists of people start there instead of running
    /// through everybody before.
    pub(super) fn first_person(&mut self, seed: u64) -> u64 {
        match self.after.take() {
            None => 0,
            Some(id) => seed::number_of(seed, "00u", &id).map_or(u64::MAX, |n| n.saturating_add(1)),
        }
    }

    /// Cuts one page out of `items`. `cursor` names the last item of a page; the next page starts behind the item whose
    /// cursor equals `after`.
    pub(super) fn cut<T>(
        &self,
        call: &Call,
        items: impl Iterator<Item = T>,
        cursor: impl Fn(&T) -> String,
        show: impl Fn(T) -> Value,
    ) -> Reply {
        let mut items = items.peekable();
        if let Some(after) = &self.after {
            for item in items.by_ref() {
                if cursor(&item) == *after {
                    break;
                }
            }
        }
        let mut shown = Vec::new();
        let mut last = None;
        while shown.len() < self.limit
            && let Some(item) = items.next()
        {
            last = Some(cursor(&item));
            shown.push(show(item));
        }
        let next = items.peek().is_some().then_some(last).flatten();
        let reply = Reply::json(200, Value::Array(shown));
        match next {
            Some(after) => links(reply, call, Some(&after)),
            None => links(reply, call, None),
        }
    }
}

/// Adds `rel="self"` and, with a cursor, `rel="next"`: one header line each, as Okta sends them.
pub(super) fn links(reply: Reply, call: &Call, after: Option<&str>) -> Reply {
    let reply = reply.with("link", format!("<{}{}>; rel=\"self\"", call.base, call.target));
    let Some(after) = after else { return reply };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.query.iter().filter(|(name, _)| name != "after" && name != "since") {
        query.append_pair(name, value);
    }
    query.append_pair("after", after);
    reply.with("link", format!("<{}{}?{}>; rel=\"next\"", call.base, call.path, query.finish()))
}
