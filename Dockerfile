# Two images: `lifeboat` (the portal, default) and `emulator` (AWS for trying it out; loopback only).

FROM rust:1.95-bookworm AS build
RUN rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
RUN cargo xtask frontend && cargo build --release --package lifeboat-server --bin lifeboat

FROM python:3.11-slim-bookworm AS emulator
WORKDIR /emulator
COPY emulator/requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY emulator/lifeboat_emulator lifeboat_emulator
USER nobody
ENTRYPOINT ["python", "-m", "lifeboat_emulator"]

FROM python:3.11-slim-bookworm AS packages
COPY lambda /lambda
RUN python /lambda/build.py --out /packages

FROM hashicorp/terraform:1.11 AS terraform

FROM debian:bookworm-slim AS lifeboat
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates util-linux \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/lifeboat lifeboat
COPY --from=terraform /bin/terraform /usr/local/bin/terraform
COPY --from=build /src/target/release/lifeboat /usr/local/bin/lifeboat
COPY --from=build /src/.lifeboat/site /usr/share/lifeboat/site
COPY terraform /usr/share/lifeboat/terraform
COPY --from=packages /packages /usr/share/lifeboat/terraform/packages
ENV LIFEBOAT_DATA_DIR=/var/lib/lifeboat \
    LIFEBOAT_LISTEN=0.0.0.0:8080 \
    LIFEBOAT_LOG_FORMAT=json \
    LIFEBOAT_SITE_DIR=/usr/share/lifeboat/site \
    LIFEBOAT_TERRAFORM_DIR=/usr/share/lifeboat/terraform
USER lifeboat
WORKDIR /var/lib/lifeboat
VOLUME /var/lib/lifeboat
EXPOSE 8080
ENTRYPOINT ["lifeboat"]
CMD ["serve"]
