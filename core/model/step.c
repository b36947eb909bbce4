/* One decoding step of the transformer for a few rows: what core/model/transformer.py computes for features of length 1.

   A step reads every weight and every key and value once and does little with each; torch takes some sixty calls a block
   for it. Here weights are bf16 (as in the checkpoint) and laid out so that each is read once for TOGETHER rows; keys
   lie in blocks of LANES columns, so that the scores of LANES columns are summed side by side. */

#include "lanes.h"
#include "entries.h"
#include "look_up.h"

#define UNSEEN -1e30f

typedef struct {
    const float *attention_norm, *feed_forward_norm, *query_gain, *key_gain; /* gains are NULL without QK-norm */
    const uint16_t *qkv, *out, *gate_up, *down;
} Block;

typedef struct {
    int32_t blocks, width, heads, kept_heads, head_width, hidden, outputs, columns;
    int32_t looks_up, retrieved; /* the block that looks up, from 1, or 0; and how much each query finds */
    const float *table;         /* rows of width */
    const int32_t *offsets;     /* of each of the feature columns in the table */
    const float *embedding_norm, *output_norm;
    const uint16_t *logits;
    const float *frequencies;   /* (2, head_width / 2): radians an index, radians a 24th of a quarter note */
    const int32_t *kinds;       /* which of the two turns each head of the queries, then of the keys */
    const float *shares;        /* of each head: how much of what it sees is what it looks up */
    const Block *block;
} Model;

typedef struct {                /* keys: (blocks, owners, kept heads, columns / LANES, head width, LANES) */
    uint16_t *keys, *values;    /* values: (blocks, owners, kept heads, columns, head width); both bf16 */
    int32_t *lengths;           /* of each owner */
    int32_t owners, columns;    /* columns is a multiple of LANES */
} Store;

/* y (rows, outputs) = x (rows, inputs) times weights laid out as (outputs / LANES, inputs, LANES). */
static void multiply(const uint16_t *weights, int inputs, int outputs, const float *x, int rows, float *y) {
    for (int out = 0; out < outputs; out += LANES, weights += (long)inputs * LANES)
        for (int row = 0; row < rows; row += TOGETHER) {
            const float *a = x + (long)row * inputs, *b = a + inputs, *c = b + inputs, *d = c + inputs;
            Floats for_a = {0}, for_b = {0}, for_c = {0}, for_d = {0};
            for (int i = 0; i < inputs; i++) {
                Floats weight = widen(weights + i * LANES);
                for_a += a[i] * weight;
                for_b += b[i] * weight;
                for_c += c[i] * weight;
                for_d += d[i] * weight;
            }
            float *to = y + (long)row * outputs + out;
            keep(to, for_a);
            keep(to + outputs, for_b);
            keep(to + 2 * outputs, for_c);
            keep(to + 3 * outputs, for_d);
        }
}

static inline int padded(int length) { return (length + LANES - 1) / LANES * LANES; }

/* Scores of one query with each column of a head's keys; what is beyond the length is out of sight. */
static void score(const uint16_t *keys, int length, int head_width, const float *query, float *scores) {
    for (int column = 0; column < length; column += LANES, keys += head_width * LANES) {
        Floats even = {0}, odd = {0};
        for (int i = 0; i < head_width; i += 2) {
            even += query[i] * widen(keys + i * LANES);
            odd += query[i + 1] * widen(keys + (i + 1) * LANES);
        }
        keep(scores + column, even + odd);
    }
    for (int column = length; column % LANES; column++) scores[column] = UNSEEN;
}

static void add_values(const uint16_t *values, int length, int head_width, const float *weights, float *out) {
    for (int i = 0; i < head_width; i += 2 * LANES) {
        const uint16_t *value = values + i;
        Floats low = load(out + i), high = load(out + i + LANES), more_low = {0}, more_high = {0};
        for (int column = 0; column < padded(length); column += 2, value += 2 * head_width) {
            low += weights[column] * widen(value);
            high += weights[column] * widen(value + LANES);
            more_low += weights[column + 1] * widen(value + head_width);
            more_high += weights[column + 1] * widen(value + head_width + LANES);
        }
        keep(out + i, low + more_low);
        keep(out + i + LANES, high + more_high);
    }
}

static void attend(const float *query, int head_width, const uint16_t *keys, const uint16_t *values, int length,
                   const uint16_t *own_keys, const uint16_t *own_values, int own_length, float *scores, float *out) {
    int split = padded(length), end = split + padded(own_length);
    score(keys, length, head_width, query, scores);
    score(own_keys, own_length, head_width, query, scores + split);
    Floats most = load(scores), sum = {0};
    for (int i = LANES; i < end; i += LANES) most = larger(most, load(scores + i));
    float top = most[0];
    for (int i = 1; i < LANES; i++) top = most[i] > top ? most[i] : top;
    for (int i = 0; i < end; i += LANES) {
        Floats weight = exponential(load(scores + i) - top);
        sum += weight;
        keep(scores + i, weight);
    }
    for (int i = 0; i < head_width; i++) out[i] = 0;
    add_values(values, length, head_width, scores, out);
    add_values(own_values, own_length, head_width, scores + split, out);
    float scale = 1.0f / total(sum);
    for (int i = 0; i < head_width; i++) out[i] *= scale;
}

/* The pair of number i is number i + half. */
static void turn(float *x, int half, const float *cosines, const float *sines) {
    for (int i = 0; i < half; i++) {
        float one = x[i], other = x[i + half];
        x[i] = one * cosines[i] - other * sines[i];
        x[i + half] = other * cosines[i] + one * sines[i];
    }
}

/* `plain`: room for the queries as they look up, before they are turned; or NULL. */
static void take_apart(const Model *m, const Block *b, const float *turns, float *qkv, float *plain) {
    int width = m->head_width, half = width / 2, turned = m->heads + m->kept_heads;
    for (int head = 0; head < turned; head++) {
        float *x = qkv + head * width;
        const float *gain = head < m->heads ? b->query_gain : b->key_gain;
        if (gain) normalise(x, gain, width, x);
        if (plain && head < m->heads) memcpy(plain + head * width, x, sizeof(float) * width);
        const float *cosines = turns + m->kinds[head] * width;
        turn(x, half, cosines, cosines + half);
    }
    float scale = 1.0f / sqrtf((float)width);
    for (int i = 0; i < m->heads * width; i++) qkv[i] *= scale;
}

static void remember(Store *s, const Model *m, int block, int owner, const float *keys, const float *values) {
    int column = s->lengths[owner], width = m->head_width;
    for (int head = 0; head < m->kept_heads; head++) {
        long place = (((long)block * s->owners + owner) * m->kept_heads + head) * s->columns * width;
        uint16_t *key = s->keys + place + (long)(column / LANES) * width * LANES + column % LANES;
        uint16_t *value = s->values + place + (long)column * width;
        for (int i = 0; i < width; i++) {
            key[i * LANES] = narrow(keys[head * width + i]);
            value[i] = narrow(values[head * width + i]);
        }
    }
}

/* `rows`: how many of the owners of `own` take part, named in `owners`; owner i goes on from prompt i / owners a prompt.
   `features`: (rows, 6). `positions`: the token index of each. `work`: room for floats, see core/model/steps.py.
   `logits`: (rows up to a multiple of TOGETHER, outputs). `memory`, of one owner for all or for each of `own`, and
   `library`: what is looked up; or NULL. `found`: room to find it in. */
void step(const Model *m, const Store *prompts, Store *own, const Entries *memory, const Entries *library, int rows,
          const int32_t *owners, const int32_t *features, const int32_t *positions, float *work, Found *found,
          float *logits) {
    int width = m->width, head_width = m->head_width, half = head_width / 2;
    int all = (rows + TOGETHER - 1) / TOGETHER * TOGETHER, parts = (m->heads + 2 * m->kept_heads) * head_width;
    float *x = work, *normal = x + all * width, *qkv = normal + all * width, *seen = qkv + all * parts;
    float *hidden = seen + all * m->heads * head_width, *added = hidden + all * 2 * m->hidden;
    float *turns = added + all * width, *asked = turns + all * 2 * head_width;
    float *scores = asked + all * m->heads * head_width;
    memset(work, 0, sizeof(float) * (scores - work));
    for (int row = 0; row < rows; row++) {
        const int32_t *f = features + row * 6;
        for (int column = 0; column < m->columns; column++) {
            const float *from = m->table + (long)(m->offsets[column] + f[column]) * width;
            for (int i = 0; i < width; i++) x[row * width + i] += from[i];
        }
        normalise(x + row * width, m->embedding_norm, width, x + row * width);
        for (int kind = 0; kind < 2; kind++)
            for (int i = 0; i < half; i++) {
                float angle = (float)(kind ? f[5] : positions[row]) * m->frequencies[kind * half + i];
                float *to = turns + (row * 2 + kind) * head_width + i;
                to[0] = cosf(angle);
                to[half] = sinf(angle);
            }
    }
    for (int block = 0; block < m->blocks; block++) {
        const Block *b = m->block + block;
        int looks_up = memory && block + 1 == m->looks_up;
        for (int row = 0; row < rows; row++)
            normalise(x + row * width, b->attention_norm, width, normal + row * width);
        multiply(b->qkv, width, parts, normal, all, qkv);
        for (int row = 0; row < rows; row++) {
            float *q = qkv + row * parts, *k = q + m->heads * head_width;
            take_apart(m, b, turns + row * 2 * head_width, q,
                       looks_up ? asked + row * m->heads * head_width : NULL);
            remember(own, m, block, owners[row], k, k + m->kept_heads * head_width);
        }
        for (int head = 0; head < m->heads; head++)
            for (int row = 0; row < rows; row++) {
                int owner = owners[row], prompt = owner / (own->owners / prompts->owners);
                int kept = head / (m->heads / m->kept_heads);
                long there = (((long)block * prompts->owners + prompt) * m->kept_heads + kept) * prompts->columns;
                long here = (((long)block * own->owners + owner) * m->kept_heads + kept) * own->columns;
                attend(qkv + row * parts + head * head_width, head_width, prompts->keys + there * head_width,
                       prompts->values + there * head_width, prompts->lengths[prompt], own->keys + here * head_width,
                       own->values + here * head_width, own->lengths[owner] + 1, scores,
                       seen + (row * m->heads + head) * head_width);
            }
        if (looks_up) {
            Asked all_asked = {asked, seen, m->shares, owners, rows, m->heads, m->kept_heads, head_width, m->retrieved};
            look_up(&all_asked, memory, library, found);
        }
        multiply(b->out, m->heads * head_width, width, seen, all, added);
        for (int i = 0; i < rows * width; i++) x[i] += added[i];
        for (int row = 0; row < rows; row++)
            normalise(x + row * width, b->feed_forward_norm, width, normal + row * width);
        multiply(b->gate_up, width, 2 * m->hidden, normal, all, hidden);
        for (int row = 0; row < rows; row++)  /* SwiGLU, packed together for the next product */
            for (int i = 0; i < m->hidden; i += LANES) {
                Floats gate = load(hidden + row * 2 * m->hidden + i), up = load(hidden + (row * 2 + 1) * m->hidden + i);
                keep(hidden + row * m->hidden + i, gate / (1.0f + exponential(-gate)) * up);
            }
        multiply(b->down, m->hidden, width, hidden, all, added);
        for (int i = 0; i < rows * width; i++) x[i] += added[i];
    }
    for (int row = 0; row < rows; row++) {
        normalise(x + row * width, m->output_norm, width, normal + row * width);
        own->lengths[owners[row]]++;
    }
    multiply(m->logits, width, m->outputs, normal, all, logits);
}
