# Samples with strata and clusters, exact and score intervals, choices and correspondence by R:
# python drawn.py; Rscript drawn.R . drawn.json
# R 4.2 with survey 4.1, survival, MASS and jsonlite made the numbers beside this file.
suppressMessages({library(survey); library(survival); library(MASS); library(jsonlite)})
argv <- commandArgs(trailingOnly = TRUE)
d <- read.csv(file.path(argv[1], "drawn.csv"))
d$nps <- 100 * ((d$recommend >= 9) - (d$recommend <= 6)); d$plus <- as.numeric(d$plan == "plus")
one <- function(design) {
  by <- svyby(~rating, ~plan, design, svymean)
  m <- svymean(~rating + nps + plus, design)
  list(mean = as.vector(coef(m)), se = as.vector(SE(m)), df = degf(design),
       ci = as.vector(confint(svymean(~rating, design), df = degf(design))),
       plan = by$plan, plan_mean = by$rating, plan_se = as.vector(by$se),
       plan_df = sapply(by$plan, function(p) degf(subset(design, plan == p))))
}
full <- svydesign(id = ~shop, strata = ~region, weights = ~weight, fpc = ~shops, data = d)
clusters <- svydesign(id = ~shop, weights = ~weight, data = d)
strata <- svydesign(id = ~1, strata = ~region, weights = ~weight, data = d)
raked <- rake(clusters, list(~plan, ~region),
  list(data.frame(plan = c("basic", "plus", "team"), Freq = c(400, 400, 200)),
       data.frame(region = c("e", "n", "s", "w"), Freq = c(400, 200, 250, 150))), control = list(epsilon = 1e-12, maxit = 200))
beta <- svyciprop(~plus, full, method = "beta")

# Blaker's interval as printed in his paper (Can. J. Stat. 28, 2000, 783-798)
acceptbin <- function(x, n, p) {
  p1 <- 1 - pbinom(x - 1, n, p); p2 <- pbinom(x, n, p)
  a1 <- p1 + pbinom(qbinom(p1, n, p) - 1, n, p); a2 <- p2 + 1 - pbinom(qbinom(1 - p2, n, p), n, p)
  min(a1, a2)
}
blaker <- function(x, n, level, step = 1e-5) {
  lo <- 0; hi <- 1
  if (x > 0) { lo <- qbeta((1 - level) / 2, x, n - x + 1); while (acceptbin(x, n, lo + step) < 1 - level) lo <- lo + step }
  if (x < n) { hi <- qbeta(1 - (1 - level) / 2, x + 1, n - x); while (acceptbin(x, n, hi - step) < 1 - level) hi <- hi - step }
  c(lo, hi)
}
counts <- list(c(9, 10), c(1, 10), c(0, 12), c(7, 9), c(3, 30), c(50, 100), c(282, 300))

# The score interval from its definition: the likelihood of b promoters and c detractors of n, maximised at each difference
score_at <- function(b, c, n, D) {
  ll <- function(q) { p <- q + D; r <- 1 - p - q
    -(ifelse(b > 0, b * log(p), 0) + ifelse(c > 0, c * log(q), 0) + ifelse(n - b - c > 0, (n - b - c) * log(r), 0)) }
  q <- optimise(ll, c(max(0, -D), (1 - D) / 2), tol = 1e-13)$minimum
  (b - c - n * D) / sqrt(n * (2 * q + D * (1 - D)))
}
tango <- function(b, c, n, z = qnorm(.975)) c(
  uniroot(function(D) score_at(b, c, n, D) - z, c(-1 + 1e-9, (b - c) / n), tol = 1e-12)$root,
  uniroot(function(D) score_at(b, c, n, D) + z, c((b - c) / n, 1 - 1e-9), tol = 1e-12)$root)
answers <- list(c(35, 12, 70), c(25, 33, 90), c(1, 7, 21), c(9, 1, 10), c(60, 2, 300))

ch <- read.csv(file.path(argv[1], "choices.csv"))
ch$b <- as.numeric(ch$brand == "b"); ch$c <- as.numeric(ch$brand == "c"); ch$none <- as.numeric(ch$brand == "")
ch$set <- paste(ch$person, ch$task)
m <- clogit(chosen ~ b + c + price + none + strata(set) + cluster(person), data = ch, method = "efron")
bare <- clogit(chosen ~ b + c + price + none + strata(set), data = ch)

smoke <- matrix(c(4,2,3,2, 4,3,7,4, 25,10,12,4, 18,24,33,13, 10,6,7,2), 5, byrow = TRUE)  # Greenacre (1984), p. 259
ca <- corresp(smoke, nf = 3)
out <- list(full = one(full), clusters = one(clusters), strata = one(strata), raked = one(raked),
  beta = as.vector(attr(beta, "ci")),
  blaker = lapply(counts, function(k) list(k = k[1], n = k[2], limits = blaker(k[1], k[2], .95), wide = blaker(k[1], k[2], .8))),
  tango = lapply(answers, function(k) list(b = k[1], c = k[2], n = k[3], limits = tango(k[1], k[2], k[3]))),
  clogit = list(coef = as.vector(coef(bare)), se = as.vector(sqrt(diag(vcov(bare)))), clustered = as.vector(sqrt(diag(vcov(m)))), loglik = bare$loglik),
  smoke = list(table = smoke, inertia = ca$cor^2, rows = ca$rscore %*% diag(ca$cor), columns = ca$cscore %*% diag(ca$cor)))
write(toJSON(out, digits = 12, auto_unbox = TRUE), argv[2])
