using System.Text;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Formulas of notebooks as MathML, which browsers draw with no script and no font from elsewhere.</summary>
/// <remarks>
/// The part of TeX that a method section needs: letters and signs by name, fractions, roots, scripts, accents, upright words. A
/// command that is not known stands as it is written. Formulas are untrusted: every text is encoded, and depth is bounded.
/// </remarks>
internal sealed class Formula
{
    private const int MostDepth = 40;

    private static readonly Dictionary<string, string> signs = new()
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["epsilon"] = "ϵ",
        ["varepsilon"] = "ε",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["kappa"] = "κ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["pi"] = "π",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["phi"] = "φ",
        ["omega"] = "ω",
        ["Delta"] = "Δ",
        ["Omega"] = "Ω",
        ["Sigma"] = "Σ",
        ["Theta"] = "Θ",
        ["sum"] = "∑",
        ["prod"] = "∏",
        ["int"] = "∫",
        ["partial"] = "∂",
        ["nabla"] = "∇",
        ["infty"] = "∞",
        ["mid"] = "∣",
        ["vert"] = "|",
        ["cdot"] = "·",
        ["times"] = "×",
        ["pm"] = "±",
        ["le"] = "≤",
        ["leq"] = "≤",
        ["ge"] = "≥",
        ["geq"] = "≥",
        ["ne"] = "≠",
        ["neq"] = "≠",
        ["approx"] = "≈",
        ["sim"] = "∼",
        ["in"] = "∈",
        ["cap"] = "∩",
        ["cup"] = "∪",
        ["to"] = "→",
        ["dots"] = "…",
        ["ldots"] = "…",
        ["cdots"] = "⋯",
        ["ell"] = "ℓ",
        ["{"] = "{",
        ["}"] = "}",
        ["|"] = "‖",
        ["%"] = "%",
        ["_"] = "_",
        ["$"] = "$",
    };

    private static readonly HashSet<string> words = ["arg", "clip", "cos", "det", "exp", "ln", "log", "max", "min", "sin", "std"];

    // In em. What only sizes a bracket is passed over.
    private static readonly Dictionary<string, string> spaces = new()
    {
        [","] = "0.17",
        [":"] = "0.22",
        [";"] = "0.28",
        [" "] = "0.28",
        ["!"] = "-0.17",
        ["quad"] = "1",
        ["qquad"] = "2",
    };

    private static readonly HashSet<string> sizes = ["left", "right", "big", "bigl", "bigr", "Big", "Bigl", "Bigr", "displaystyle"];

    private static readonly Dictionary<string, string> accents = new()
    {
        ["hat"] = "^",
        ["bar"] = "¯",
        ["tilde"] = "~",
        ["vec"] = "→",
    };

    private readonly string tex;
    private int at;

    private Formula(string tex) => this.tex = tex;

    /// <summary>The element.</summary>
    /// <param name="tex">The formula, without its dollar signs.</param>
    /// <param name="display">Whether it stands on a line of its own.</param>
    public static string ToMathMl(string tex, bool display)
    {
        var formula = new Formula(tex);
        var html = new StringBuilder(display ? "<math display=\"block\">" : "<math>");
        while (formula.at < tex.Length)
        {
            html.Append(formula.Row(0));
            formula.at++; // a closing brace without an opening one
        }
        return html.Append("</math>").ToString();
    }

    // Up to a closing brace, which is left.
    private string Row(int depth)
    {
        var row = new StringBuilder("<mrow>");
        while (at < tex.Length && tex[at] != '}')
            if (char.IsWhiteSpace(tex[at]))
                at++;
            else
                row.Append(Scripted(depth));
        return row.Append("</mrow>").ToString();
    }

    private string Scripted(int depth)
    {
        string under = "",
            over = "",
            kernel = tex[at] is '_' or '^' ? "<mrow></mrow>" : Atom(depth);
        while (
            at < tex.Length
            && (
                tex[at] == '_' ? under
                : tex[at] == '^' ? over
                : "no script"
            ).Length == 0
        )
        {
            bool isUnder = tex[at++] == '_';
            string script = Argument(depth);
            (under, over) = isUnder ? (script, over) : (under, script);
        }
        return (under.Length, over.Length) switch
        {
            (0, 0) => kernel,
            (_, 0) => $"<msub>{kernel}{under}</msub>",
            (0, _) => $"<msup>{kernel}{over}</msup>",
            _ => $"<msubsup>{kernel}{under}{over}</msubsup>",
        };
    }

    // One thing: a group, a command with its arguments, a number, a letter or a sign.
    private string Atom(int depth)
    {
        char c = tex[at];
        if (depth >= MostDepth)
            return Text(Rest());
        if (c == '{')
        {
            at++;
            string row = Row(depth + 1);
            at++;
            return row;
        }
        if (c == '\\')
            return Command(depth);
        int start = at++;
        if (char.IsAsciiDigit(c))
        {
            while (
                at < tex.Length && (char.IsAsciiDigit(tex[at]) || (tex[at] == '.' && at + 1 < tex.Length && char.IsAsciiDigit(tex[at + 1])))
            )
                at++;
            return $"<mn>{tex[start..at]}</mn>";
        }
        if (char.IsLetter(c))
            return $"<mi>{HtmlText.Encode(tex[start..at])}</mi>";
        if (char.IsHighSurrogate(c) && at < tex.Length)
            at++;
        return $"<mo>{HtmlText.Encode(c == '-' ? "−" : tex[start..at])}</mo>";
    }

    private string Command(int depth)
    {
        int start = ++at;
        while (at < tex.Length && char.IsAsciiLetter(tex[at]))
            at++;
        if (at == start && at < tex.Length)
            at++;
        string name = tex[start..at];
        if (spaces.TryGetValue(name, out string? em))
            return $"<mspace width=\"{em}em\"></mspace>";
        if (sizes.Contains(name))
            return "";
        if (accents.TryGetValue(name, out string? accent))
            return $"<mover accent=\"true\">{Argument(depth)}<mo>{accent}</mo></mover>";
        if (signs.TryGetValue(name, out string? sign))
            return char.IsLetter(sign[0]) ? $"<mi>{sign}</mi>" : $"<mo>{HtmlText.Encode(sign)}</mo>";
        if (words.Contains(name))
            return $"<mi>{name}</mi>";
        return name switch
        {
            "frac" or "tfrac" or "dfrac" => $"<mfrac>{Argument(depth)}{Argument(depth)}</mfrac>",
            "sqrt" => $"<msqrt>{Argument(depth)}</msqrt>",
            "operatorname" or "mathrm" or "text" or "textrm" => $"<mtext>{HtmlText.Encode(Braced())}</mtext>",
            "mathbf" or "boldsymbol" => $"<mrow style=\"font-weight:bold\">{Argument(depth)}</mrow>",
            "mathbb" or "mathcal" => Argument(depth),
            _ => Text("\\" + name),
        };
    }

    private string Argument(int depth)
    {
        while (at < tex.Length && char.IsWhiteSpace(tex[at]))
            at++;
        return at < tex.Length && tex[at] != '}' ? Atom(depth + 1) : "<mrow></mrow>";
    }

    // The text between braces, as it stands.
    private string Braced()
    {
        if (at >= tex.Length || tex[at] != '{')
            return "";
        int start = ++at,
            end = tex.IndexOf('}', start);
        at = end < 0 ? tex.Length : end + 1;
        return tex[start..(end < 0 ? tex.Length : end)];
    }

    private string Rest() => tex[at..(at = tex.Length)];

    private static string Text(string text) => $"<mtext>{HtmlText.Encode(text)}</mtext>";
}
