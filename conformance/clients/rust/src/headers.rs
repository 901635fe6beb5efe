//! The headers of the last answer, which the generated functions drop.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Extensions, HeaderMap};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next};

#[derive(Clone, Default)]
pub struct LastHeaders(Arc<Mutex<HeaderMap>>);

impl LastHeaders {
    pub fn all(&self) -> HeaderMap {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait::async_trait]
impl Middleware for LastHeaders {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let response = next.run(request, extensions).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = response.headers().clone();
        Ok(response)
    }
}
