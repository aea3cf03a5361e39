# SPDX-License-Identifier: Apache-2.0
# One image per service, from what `mvn package` built:
#   docker build --build-arg SERVICE=orchestrator --tag omnibridge/orchestrator .
# RECORDED=no leaves out the recorded start, which takes most of the time of the first build.
# SERVICE is orchestrator, db-adapter, reducer, stamping-service or intelligence-service; bridge, the default, is all of
# them in one with a PostgreSQL and a Kafka broker, as ./bridge up. bin/images builds all six.
ARG JRE=eclipse-temurin:25-jre

FROM ${JRE} AS base
LABEL dev.omnibridge.image=yes org.opencontainers.image.licenses=Apache-2.0
RUN groupadd --gid 10001 omnibridge \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/omnibridge --shell /usr/sbin/nologin omnibridge \
 && mkdir /var/lib/omnibridge && chown 10001:10001 /var/lib/omnibridge
COPY bin/lib.sh /opt/omnibridge/bin/lib.sh
COPY deploy/entrypoint deploy/healthy /opt/omnibridge/deploy/

FROM base AS jars
COPY bridge-cli/target/lib /jars/lib/
COPY bridge-cli/target/bridge.jar orchestrator/target/orchestrator.jar db-adapter/target/db-adapter.jar \
  reducer/target/reducer.jar stamping-service/target/stamping-service.jar \
  intelligence-service/target/intelligence-service.jar /jars/
COPY deploy/sort-libraries /build/
RUN case $(uname -m) in x86_64) rm -f /jars/lib/embedded-postgres-binaries-*-arm64* ;; *) rm -f /jars/lib/embedded-postgres-binaries-*-amd64* ;; esac \
 && /build/sort-libraries /jars /sorted
COPY examples /sorted/bridge/examples

# Every path and every time stamp is as in the images below, or Java would leave the caches aside.
FROM base AS recorded
COPY --from=jars /jars /opt/omnibridge/
COPY examples /opt/omnibridge/examples
COPY examples runtime/src/main/java17 /opt/omnibridge/material/
COPY deploy/record /opt/omnibridge/deploy/
RUN cd /opt/omnibridge && for jar in *.jar; do mkdir -p "/recorded/${jar%.jar}"; done && chown -R 10001:10001 /recorded
USER 10001:10001
ARG RECORDED=yes
RUN [ "$RECORDED" = no ] || /opt/omnibridge/deploy/record /recorded

FROM base
COPY --from=jars /sorted/common /opt/omnibridge/
ARG SERVICE=bridge
COPY --from=jars /sorted/${SERVICE} /opt/omnibridge/
COPY --from=recorded /recorded/${SERVICE} /opt/omnibridge/
USER 10001:10001
ENV OMNIBRIDGE_SERVICE=${SERVICE} BIND_HOST=0.0.0.0
# Fails when Java does not take the recorded start.
RUN [ ! -f /opt/omnibridge/start.aot ] \
 || OMNIBRIDGE_JAVA_OPTIONS="-Xmx256m -XX:AOTMode=on -Xlog:class+load" /opt/omnibridge/deploy/entrypoint --help \
  | grep -q 'dev.omnibridge.launch.Launch source: shared objects file'
HEALTHCHECK --interval=5s --timeout=5s --start-period=180s --retries=3 CMD ["/opt/omnibridge/deploy/healthy"]
ENTRYPOINT ["/opt/omnibridge/deploy/entrypoint"]
