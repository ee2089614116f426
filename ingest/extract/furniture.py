"""The kinds of furniture that any template has: by class and id tokens, tags and roles, each with its bounds."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of furniture: its tokens, and what a container of it may hold.

    ``most_chars`` is the most text, ``most_prose`` the largest share of the page's prose (0 to 1).
    """

    name: str
    tokens: frozenset[str]
    most_chars: int | None = None
    least_link_density: float = 0.0
    most_prose: float = 0.4


def _tokens(words: str) -> frozenset[str]:
    return frozenset(words.split())


KINDS = (
    Kind(
        "comments",
        _tokens(
            """
            comment comments commentlist comment-list comments-area comment-respond respond commentform
            comment-form comments-section comment-section comments-wrapper comments-container
            comment-thread commentarea disqus disqus_thread disqus-thread fb-comments livefyre
            postcomments post-comments usercomments user-comments comment-body comment-content
            comment-block comments-block blog-comments article-comments comments-list commentsection
            reader-comments replies comment_list comments_list comment_container commentsdiv
            comments-title comment-text commentblock commentwrap comments-template wp-comments
            trackbacks pingbacks coral-talk hyvor-talk isso-thread utterances giscus comment-item
            comment-area kommentare commentaires comentarios commenti
            """
        ),
    ),
    Kind(
        "newsletter",
        _tokens(
            """
            newsletter newsletter-signup newsletter-form newsletter-box signup-form sign-up-form
            email-signup subscribe subscription subscribe-form subscribe-box subscription-widget
            subscription-widget-wrap mailchimp mc_embed_signup mc4wp-form optin opt-in modal popup
            pop-up overlay lightbox cookie cookies cookie-notice cookie-banner gdpr consent disclaimer
            jetpack_subscription_widget newsletter-subscribe newsletter-widget email-subscribe
            email-subscription subscribe-widget newsletter-block newsletter-module newsletter-container
            newsletter-promo newsletter-cta onetrust-consent-sdk lead-capture hs-form adsbygoogle
            """
        ),
        most_chars=1_500,
        most_prose=0.12,
    ),
    Kind(
        "cart",
        _tokens(
            """
            cart-drawer cartdrawer cart__drawer drawer-cart mini-cart minicart mini_cart side-cart sidecart
            cart-sidebar ajax-cart ajaxcart cart-notification cart-modal cart-popup widget_shopping_cart
            woocommerce-mini-cart
            """
        ),
        most_chars=1_500,
    ),
    Kind(
        "author",
        _tokens(
            """
            author-box authorbox author-bio author_bio authorbio author-info authorinfo author-card
            about-author about-the-author abouttheauthor aboutauthor author-profile author-description
            author-about post-author-box entry-author article-author-bio bio byline-bio author-block
            author-details author-section author-wrap saboxplugin-wrap pp-multiple-authors-boxes-wrapper
            m-a-box abh_box vcard-author author-widget author_info author_box post-author-bio writer-bio
            contributor-bio article__author-bio tagline-bio authors-bio author-container author-module
            """
        ),
        most_chars=1_800,
        most_prose=0.12,
    ),
    Kind(
        "pager",
        _tokens(
            """
            pager pagination paginator page-numbers post-navigation nav-links nav-below nav-above
            nav-single posts-navigation postnav post-nav prev-next prevnext next-prev wp-pagenavi
            breadcrumb breadcrumbs crumbs blog-pager blogpager navigation-post next-post prev-post
            previous-post post-pagination entry-navigation single-navigation page-nav pagenav
            site-navigation pagination-single navlinks skip-link screen-reader-text skip-links
            """
        ),
        most_chars=1_000,
        most_prose=0.12,
    ),
    Kind(
        "tags",
        _tokens(
            """
            tags tag-list taglist post-tags entry-tags tag-links tagcloud article-tags post-footer
            entry-footer postfooter post-bottom promo promotion promobox promo-box sponsor sponsored
            advert advertisement ad-container ads ad adslot ad-slot ad-unit banner-ad article-tags__list
            topics-list cat-links entry-utility post-labels labels house-ad donate-box donation
            donation-box cta-box promo-content promo-wrapper
            """
        ),
        most_chars=700,
        most_prose=0.12,
    ),
    Kind(
        "share",
        _tokens(
            """
            share sharing share-buttons sharebuttons share-bar sharebar share-links share-tools social
            social-share social-sharing socialshare social-links social-media social-icons
            social-buttons addthis addthis_toolbox addtoany a2a_kit sharedaddy sd-sharing
            jp-relatedposts-share sharethis sociable shareaholic article-share post-share entry-share
            share-post share-article article-tools toolbar share-options shareblock share-box sharebox
            sharing-buttons social-bar socialbar social-list share-container share-widget post-sharing
            followbox follow-us like-button post-likes print-link jp-post-flair entry-social essb_links
            ssba heateor_sss_sharing_container novashare-ct social-widget swp_social_panel post-actions
            article-actions
            """
        ),
        most_chars=400,
        most_prose=0.12,
    ),
    Kind(
        "byline",
        _tokens(
            """
            byline bylines by-line meta post-meta entry-meta postmeta post-meta-data postmetadata
            article-meta metadata post-info postinfo post-byline entry-byline article-byline dateline
            posted-on entry-date post-date postdate date-header published timestamp post-timestamp
            articlemeta meta-info post-details article-info story-meta postinfo-meta entry-info
            byline-wrapper byline-block pubdate publish-date article-date article__meta post__meta
            entry__meta article-header__meta article__byline reading-time read-time readtime
            post-header-meta
            """
        ),
        most_chars=260,
        most_prose=0.12,
    ),
    Kind(
        "related",
        _tokens(
            """
            related related-posts relatedposts related-articles related-content related-stories
            related-post related-news related-links relatedlinks yarpp yarpp-related jp-relatedposts
            recommended recommendations recommended-posts read-more-posts more-stories more-posts
            more-articles more-news most-read most-popular popular popular-posts popularposts trending
            latest-posts latest-news recent-posts recentposts also-read also-like you-may-also-like
            outbrain taboola ob-widget trc_related_container zergnet further-reading
            similar-posts similar-articles post-list-related linkwithin
            related-items related-story relatedstories crp_related more-from more-like-this
            related_posts related_articles recirc recirculation related-box article-related
            latest-articles
            """
        ),
        least_link_density=0.25,
    ),
    Kind(
        "next",
        _tokens("next-article next-story next-read read-next readnext up-next upnext nextarticle infinite-next"),
        most_prose=0.45,
    ),
    Kind(
        "navigation",
        _tokens(
            """
            nav navbar navigation menu main-menu mainmenu main-nav mainnav top-nav topnav sub-menu
            submenu nav-menu menu-container site-header masthead topbar top-bar footer site-footer
            page-footer global-footer footer-widgets footer-nav colophon footer-container blogroll
            sitemap subnav nav-bar footer-menu footer-links footer-wrapper footer-bottom primary-nav
            secondary-nav navmenu page-header-menu
            """
        ),
        least_link_density=0.2,
    ),
    Kind(
        "sidebar",
        _tokens(
            """
            sidebar side-bar sidebar-primary primary-sidebar right-sidebar left-sidebar sidebar-right
            sidebar-left sidebar-container sidebars rightcol right-col rightcolumn right-column leftcol
            widget-area widgets aside rightrail right-rail sidebar-inner sidebar1 sidebar2
            sidebar-wrapper
            """
        ),
        least_link_density=0.1,
    ),
)
BY_TOKEN = {token: kind for kind in KINDS for token in kind.tokens}
BY_TAG = {
    "nav": Kind("navigation", frozenset()),
    "form": Kind("form", frozenset()),
    "footer": Kind("footer", frozenset(), most_prose=0.12),
    "aside": Kind("aside", frozenset(), most_prose=0.12),
    "button": Kind("button", frozenset(), most_chars=400),
    "dialog": Kind("dialog", frozenset()),
}
BY_ROLE = {
    "navigation": BY_TAG["nav"],
    "search": BY_TAG["form"],
    "form": BY_TAG["form"],
    "contentinfo": BY_TAG["footer"],
    "complementary": BY_TAG["aside"],
    "banner": Kind("banner", frozenset(), most_prose=0.12),
    "button": BY_TAG["button"],
    "dialog": BY_TAG["dialog"],
    "alertdialog": BY_TAG["dialog"],
    "menu": BY_TAG["nav"],
    "menubar": BY_TAG["nav"],
}
# Comments are also named by number (Movable Type: "c115853") and by words that begin with "comment".
COMMENTS = KINDS[0]
AUTHOR = next(kind for kind in KINDS if kind.name == "author")
AUTHOR_NAME = re.compile(r"(?:^|[-_])author[-_]*(?:bio|box|card|profile)s?(?:[-_](?:content|text|wrap(?:per)?|info))?$")
COMMENT_NAME = re.compile(r"^(?:comment(?!ary|ator)[\w-]*|c\d{4,}|cmt[-_]?\d+|div-comment-\d+)$")
