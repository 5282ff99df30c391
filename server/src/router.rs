//! The public face: all routes, and the order of what every request goes through.

use std::path::Path;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use lifeboat_service::ProblemKind;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::http::error::{ApiError, panicked};
use crate::http::{headers, limits, observe, origin, request_id};
use crate::state::App;
use crate::{api, auth, ops, pages};

/// Everything the public face serves.
pub fn public(app: App) -> Router {
    let (api, document) = api::routes().split_for_parts();
    let own_origin = origin::OwnOrigin(app.settings.public_url.clone());
    // Outermost first.
    let layers = ServiceBuilder::new()
        .layer(from_fn(request_id::assign))
        .layer(from_fn(headers::secure))
        .layer(from_fn(observe::observe))
        .layer(CompressionLayer::new())
        .layer(auth::layer(app.portal.clone()))
        .layer(from_fn_with_state(app.clone(), pages::draw_problems))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(limits::refuse_large))
        .layer(from_fn_with_state(own_origin, origin::check))
        .layer(from_fn(limits::answer_in_time))
        .layer(DefaultBodyLimit::max(limits::BODY_LIMIT_BYTES));
    Router::new()
        .merge(api)
        .merge(api::docs_routes(&document))
        .merge(pages::routes())
        .merge(ops::routes())
        .merge(files(&app.settings.site_dir))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(layers)
        .with_state(app)
}

/// The front end as it was built. Browsers ask each time whether a file changed; names carry no hash.
fn files(site_dir: &Path) -> Router<App> {
    let folder = |name: &str| {
        ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-cache"),
            ))
            .service(
                ServeDir::new(site_dir.join(name))
                    .precompressed_br()
                    .append_index_html_on_directories(false)
                    .fallback(axum::routing::any(nothing_here)),
            )
    };
    Router::new()
        .nest_service("/assets", folder("assets"))
        .nest_service("/pkg", folder("pkg"))
}

async fn nothing_here(request: Request) -> ApiError {
    ApiError::new(
        ProblemKind::NotFound,
        format!("there is nothing at {}", request.uri().path()),
    )
}

async fn wrong_method(request: Request) -> ApiError {
    ApiError::new(
        ProblemKind::MethodNotAllowed,
        format!("{} is not served at {}", request.method(), request.uri().path()),
    )
}
