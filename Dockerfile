# The image of baton-okta: Node and the bundled program, no packages. On linux/amd64 about 250 MB unpacked (80 MB to
# pull), of which the program is less than 8 MB and the rest the base image.
#
#   docker build -t baton-okta --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" .
#
# Pin the base for builds that must repeat: --build-arg NODE_DIGEST=sha256:...
# (docker buildx imagetools inspect node:26-slim says which one is current).
ARG NODE_IMAGE=docker.io/library/node:26-slim
ARG NODE_DIGEST=

FROM ${NODE_IMAGE}${NODE_DIGEST:+@${NODE_DIGEST}} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY .build ./.build
COPY src ./src
RUN node .build/dist.ts dist

FROM ${NODE_IMAGE}${NODE_DIGEST:+@${NODE_DIGEST}}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="baton-okta" \
  org.opencontainers.image.description="An Okta connector for identity governance" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="${NODE_IMAGE}"
ENV NODE_ENV=production
COPY package.json LICENSE /app/
COPY --from=build /src/dist /app/dist
RUN install -d -o 10001 -g 10001 /data
# A number, so that Kubernetes can tell that it is not root.
USER 10001:10001
# Snapshots and what a sync needs to go on after a restart; the only places that are written to.
VOLUME ["/data", "/tmp"]
WORKDIR /data
# The health port of service mode and of serve, where --health-check is on.
EXPOSE 8081
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s --retries=3 \
  CMD ["node", "/app/dist/main.js", "health-check"]
ENTRYPOINT ["node", "/app/dist/main.js"]
