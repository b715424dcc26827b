# docker build -t bxmlflow .
# docker run -p 8080:8080 -v "$PWD/flows:/flows:ro" -e BXMLFLOW_USERNAME=... -e BXMLFLOW_PASSWORD=... bxmlflow
#
# User name and password are those that the voice application at Bandwidth has.
#
# The image holds the command, the certificates that the http action needs and
# the time zones that opening hours need; no shell, and nothing to write to.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/bxmlflow ./cmd/bxmlflow \
 && cp "$(go env GOROOT)/lib/time/zoneinfo.zip" /out/zoneinfo.zip

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/bxmlflow /bxmlflow
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/bxmlflow"]
CMD ["serve", "--addr", ":8080", "/flows"]
