# Published-style tables by R: Rscript banner.R answers.csv out.json
# answers.csv: table, answer, column, weight (1 everywhere: unweighted); an answer that is a number also gets a mean.
# R 4.2 with survey 4.1 and jsonlite made the numbers beside this file.
suppressMessages({library(survey); library(jsonlite)})
argv <- commandArgs(trailingOnly = TRUE)
all <- read.csv(argv[1], colClasses = c("character", "character", "character", "numeric"), encoding = "UTF-8")
MIN <- 30
# Blaker's interval with the functions printed in his paper (2000), in ever smaller steps; Agresti and Coull's of an effective n
acceptbin <- function(x, n, p) {
  p1 <- 1 - pbinom(x - 1, n, p); p2 <- pbinom(x, n, p)
  min(p1 + pbinom(qbinom(p1, n, p) - 1, n, p), p2 + 1 - pbinom(qbinom(1 - p2, n, p), n, p))
}
blaker <- function(x, n) {
  lo <- 0; hi <- 1
  if (x > 0) { lo <- qbeta(.025, x, n - x + 1); for (s in 10^-(4:9)) while (acceptbin(x, n, lo + s) < .05) lo <- lo + s }
  if (x < n) { hi <- qbeta(.975, x + 1, n - x); for (s in 10^-(4:9)) while (acceptbin(x, n, hi - s) < .05) hi <- hi - s }
  c(lo, hi)
}
coull <- function(p, n) { z <- qnorm(.975); m <- (p * n + z^2 / 2) / (n + z^2); h <- z * sqrt(m * (1 - m) / (n + z^2)); pmin(pmax(m + c(-h, h), 0), 1) }
one <- function(d) {
  weighted <- any(d$weight != 1)
  cols <- sort(unique(d$column)); answers <- sort(unique(d$answer))
  number <- suppressWarnings(!any(is.na(as.numeric(answers))))
  rows <- c(lapply(answers, function(a) list(name = a, x = as.numeric(d$answer == a), share = TRUE)),
            if (number) list(list(name = "mean", x = as.numeric(d$answer), share = FALSE)))
  out <- list()
  for (row in rows) {
    cell <- lapply(cols, function(k) {
      mine <- d$column == k; x <- row$x[mine]; w <- d$weight[mine]; n <- length(x)
      m <- svymean(~x, svydesign(ids = ~1, weights = ~w, data = data.frame(x = x, w = w)))
      est <- as.numeric(coef(m)); se <- as.numeric(SE(m)); kish <- sum(w)^2 / sum(w^2)
      same <- est * (1 - est) * n / (n - 1) / se^2
      eff <- if (!row$share) kish else if (!weighted) n else if (is.finite(same) && est > 0 && est < 1) min(same, kish) else kish
      ci <- if (row$share && weighted) coull(est, eff) else if (row$share) blaker(sum(x), n) else est + c(-1, 1) * qt(.975, kish - 1) * se
      list(column = k, n = n, sum = sum(w), effective = eff, value = est, se = se, low = ci[1], high = ci[2])
    })
    names(cell) <- cols
    big <- cols[sapply(cell, function(c) c$n >= MIN)]
    pairs <- if (length(big) > 1) combn(big, 2, simplify = FALSE) else list()
    p <- sapply(pairs, function(ab) {
      a <- cell[[ab[1]]]; b <- cell[[ab[2]]]
      if (row$share) {
        if (!weighted) return(suppressWarnings(prop.test(c(sum(row$x[d$column == ab[1]]), sum(row$x[d$column == ab[2]])),
                                                         c(a$n, b$n), correct = FALSE)$p.value))
        po <- (a$value * a$effective + b$value * b$effective) / (a$effective + b$effective)
        return(2 * pnorm(-abs(a$value - b$value) / sqrt(po * (1 - po) * (1 / a$effective + 1 / b$effective))))
      }
      if (!weighted) return(t.test(row$x[d$column == ab[1]], row$x[d$column == ab[2]])$p.value)
      v <- c(a$se^2, b$se^2)
      2 * pt(-abs(a$value - b$value) / sqrt(sum(v)), sum(v)^2 / (v[1]^2 / (a$effective - 1) + v[2]^2 / (b$effective - 1)))
    })
    q <- if (length(pairs)) p.adjust(p, "holm") else numeric(0)
    higher <- setNames(lapply(cols, function(k) {
      as.list(unlist(Map(function(ab, v) if (is.finite(v) && v < .05 && k %in% ab &&
        cell[[k]]$value == max(cell[[ab[1]]]$value, cell[[ab[2]]]$value)) setdiff(ab, k), pairs, q)))
    }), cols)
    out[[length(out) + 1]] <- list(row = row$name, cells = unname(cell), higher = higher,
      pairs = Map(function(ab, p, q) list(a = ab[1], b = ab[2], p = p, p_adjusted = q), pairs, p, q))
  }
  out
}
result <- lapply(split(all, all$table), one)
writeLines(toJSON(result, auto_unbox = TRUE, digits = 12, na = "null"), argv[2])
