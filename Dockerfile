# One image for the gateway and every service: the command says which one runs.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.base.json ./
COPY platform/package.json platform/
COPY composition/package.json composition/
COPY composition/bin composition/bin
COPY gateway/package.json gateway/
COPY subgraphs/kit/package.json subgraphs/kit/
COPY subgraphs/kit/bin subgraphs/kit/bin
COPY subgraphs/accounts/package.json subgraphs/accounts/
COPY subgraphs/catalog/package.json subgraphs/catalog/
COPY subgraphs/inventory/package.json subgraphs/inventory/
COPY subgraphs/orders/package.json subgraphs/orders/
COPY subgraphs/payments/package.json subgraphs/payments/
COPY subgraphs/reviews/package.json subgraphs/reviews/
COPY subgraphs/shipping/package.json subgraphs/shipping/
COPY launch/package.json launch/
COPY tests/package.json tests/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app /app
USER node
CMD ["node", "--max-semi-space-size=64", "gateway/dist/main.js", "--supergraph", "supergraph.graphql"]
