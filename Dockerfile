# A container needs AUTH_SECRET: the demo listens on loopback only, which is not reachable from outside the container.
#
#   docker build -t tandem --build-arg VERSION="$(git describe --always --dirty)" .
#   docker run -p 8080:8080 -e AUTH_SECRET=… -v tandem:/var/lib/tandem tandem

# The compiler runs on the machine that builds, whatever the platform of the image.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d AS build
WORKDIR /src

# Modules change less often than code, so they are a layer of their own.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download

COPY . .
ARG TARGETOS TARGETARCH
ARG VERSION=devel
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X tandem/internal/server.version=$VERSION" -o /out/tandem .

# The image contains the program, certificates for TLS (to Postgres and Redis), a folder for data and one
# for temporary files, and no shell.
RUN mkdir -p /out/root/var/lib/tandem /out/root/tmp /out/root/etc/ssl/certs \
    && chmod 1777 /out/root/tmp \
    && chown 65532:65532 /out/root/var/lib/tandem \
    && cp /etc/ssl/certs/ca-certificates.crt /out/root/etc/ssl/certs/

FROM scratch
ARG VERSION=devel
LABEL org.opencontainers.image.title=tandem org.opencontainers.image.version=$VERSION
COPY --from=build /out/root/ /
COPY --from=build /out/tandem /usr/bin/tandem

# A number, so that an orchestrator can see that it isn't root.
USER 65532:65532
ENV ADDR=0.0.0.0:8080
# The data folder is made in the working directory. With Postgres nothing is written there.
WORKDIR /var/lib/tandem
VOLUME /var/lib/tandem
EXPOSE 8080

# This checks liveness, because an orchestrator may restart an unhealthy container. /readyz also fails while an instance
# drains or its database is away, and is for load balancers.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["/usr/bin/tandem", "health"]

ENTRYPOINT ["/usr/bin/tandem"]
