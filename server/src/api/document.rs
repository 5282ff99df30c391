//! The OpenAPI document, and the page to read it.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use lifeboat_domain::Problem;
use lifeboat_service::ProblemKind;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    response::Response as ApiResponse,
};
use utoipa::{IntoResponses, PartialSchema as _, ToSchema as _};

use super::{BASE, routes};
use crate::http::error::ApiError;
use crate::http::headers::API_DOCS_POLICY;
use crate::state::App;

const DESCRIPTION: &str = "Everything the pages do, for scripts and CI.\n\n\
    **Log in** with a personal API token (`Authorization: Bearer lb_…`, made on the page “API tokens” or with `lifeboat token create`).\n\n\
    **Errors** are problem+json (RFC 9457); branch on `type`, which is stable. `errors` names the inputs that are wrong.\n\n\
    **Lists** are read by cursor: pass `next` of one page as `cursor` of the next.\n\n\
    **Creating** twice is avoided with an `Idempotency-Key`: the same key with the same body answers with what was made the first time.\n\n\
    `x-lifeboat-right` names what an operation asks of the caller; a thing that is not yours to see answers 404.";

/// The document without operations.
pub(super) fn base() -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Lifeboat")
                .version("v1")
                .description(Some(DESCRIPTION))
                .license(Some(utoipa::openapi::License::new("Apache-2.0"))),
        )
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("lb_…")
                .description(Some("A personal API token"))
                .build(),
        ),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            crate::auth::COOKIE,
            "A browser's session",
        ))),
    );
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    document
}

/// The whole document.
pub fn document() -> OpenApi {
    routes().into_openapi()
}

/// Every operation may answer with a problem.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> std::collections::BTreeMap<String, RefOr<ApiResponse>> {
        let problem = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(Problem::name())))
            .build();
        let response = ResponseBuilder::new()
            .description("What went wrong and what to do")
            .content("application/problem+json", problem)
            .build();
        [("default".to_owned(), RefOr::T(response))].into()
    }
}

/// `/api/v1/openapi.json` and `/docs/api`.
pub fn docs_routes(document: &OpenApi) -> Router<App> {
    let json: Arc<OpenApi> = Arc::new(document.clone());
    let address = format!("{BASE}/openapi.json");
    let viewer = utoipa_swagger_ui::Config::new([address.clone()])
        .deep_linking(true)
        .display_operation_id(true)
        // The policy of this page forbids asking the public validator, and so do we.
        .validator_url("none");
    let viewer = Arc::new(viewer);
    let file = move |path: String| {
        let viewer = viewer.clone();
        async move { viewer_file(&path, viewer) }
    };
    let index = file.clone();
    Router::new()
        .route(&address, get(move || async move { Json(json) }))
        .route("/docs/api", get(|| async { Redirect::permanent("/docs/api/") }))
        .route("/docs/api/", get(move || index("index.html".to_owned())))
        .route(
            "/docs/api/{*file}",
            get(move |Path(path): Path<String>| file(path)),
        )
}

fn viewer_file(path: &str, viewer: Arc<utoipa_swagger_ui::Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, viewer) {
        Ok(Some(file)) => {
            let headers = [
                (header::CONTENT_TYPE, file.content_type.as_str()),
                (header::CONTENT_SECURITY_POLICY, API_DOCS_POLICY),
                (header::CACHE_CONTROL, "max-age=3600"),
            ];
            (headers, file.bytes.into_owned()).into_response()
        }
        Ok(None) => ApiError::new(ProblemKind::NotFound, "the page is at /docs/api/").into_response(),
        Err(error) => {
            tracing::error!(%error, path, "reading a file of the API viewer");
            ApiError::new(ProblemKind::Internal, "the API viewer cannot be read").into_response()
        }
    }
}
